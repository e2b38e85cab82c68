/**
 * The chat itself, fetched by the loader. It gives life to the <attune-panel> that waits inside
 * the loader's shadow root: one conversation, and a view of it that can be drawn again at any time.
 */
import { Api } from "./api";
import { forgetTyped } from "./cards/booking";
import { Conversation } from "./conversation";
import { adopt } from "./dom";
import type { ChatHost, ChatPanel } from "./host";
import { leaveNow, onShiftThrice } from "./quick-exit";
import { followKeyboard, coverPage, isSmall, onSizeChange } from "./screen";
import { load, save } from "./store";
import * as strings from "./strings/catalogue";
import css from "./styles/chat.css";
import { copyText, downloadText, transcript } from "./transcript";
import { chatView, type View } from "./view";

class AttunePanel extends HTMLElement implements ChatPanel {
  #host!: ChatHost;
  #api!: Api;
  #conversation!: Conversation;
  #view!: View;
  #uncover: (() => void) | undefined;
  #started = false;
  #seen = 0;

  connectedCallback(): void {
    if (this.#api) return;
    const root = this.getRootNode() as ShadowRoot;
    this.#host = root.host as ChatHost;
    const { base, region } = this.#host.settings;
    adopt(root, css);
    this.hidden = true;
    this.#api = new Api(base);
    this.#conversation = new Conversation(
      this.#api,
      region,
      () => this.#update(),
      (text) => this.#view.giveBack(text),
    );
    this.#draw();
    this.addEventListener("keydown", (event) => this.#key(event));
    followKeyboard(this);
    onSizeChange(() => this.#fitScreen());
    onShiftThrice(() => this.#started && this.#leave());
  }

  opened(byParent: boolean): void {
    this.hidden = false;
    save({ unread: 0 });
    this.#host.showUnread(0);
    if (!this.#started) {
      this.#started = true;
      this.#conversation.start();
    }
    this.#fitScreen();
    this.#view.settle();
    if (byParent) this.#view.focus();
  }

  closed(): void {
    this.hidden = true;
    this.#fitScreen();
  }

  #draw(): void {
    const old = this.#view?.element;
    this.#view = chatView(this.#host, this.#api, this.#conversation, {
      close: () => this.#host.close(),
      leave: () => this.#leave(),
      copy: () => void this.#copy(),
      download: () => downloadText(this.#transcript()),
      erase: () => void this.#erase(),
      look: (change) => {
        save(change);
        this.#host.refresh();
        this.#draw();
        this.#view.toggleMenu(true);
      },
    });
    if (old) old.replaceWith(this.#view.element);
    else this.append(this.#view.element);
    this.#fitScreen();
    this.#view.settle();
  }

  #update(): void {
    if (!this.#view) return;
    this.#view.sync();
    const count = this.#conversation.messages.filter(({ from }) => from === "bot").length;
    if (this.hidden && this.#started && count > this.#seen) {
      const unread = (load().unread ?? 0) + count - this.#seen;
      save({ unread });
      this.#host.showUnread(unread);
    }
    this.#seen = count;
  }

  #fitScreen(): void {
    const modal = !this.hidden && isSmall() && !this.#host.settings.embed;
    this.#uncover?.();
    this.#uncover = modal ? coverPage(this.#host) : undefined;
    this.#view.setModal(modal);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      if (this.#view.menuOpen()) this.#view.toggleMenu(false);
      else if (!this.#host.settings.embed) this.#host.close();
      event.stopPropagation();
    }
  }

  #leave(): void {
    leaveNow(this.#host.settings.exit);
  }

  #transcript(): string {
    return transcript(this.#conversation.messages, this.#host.settings.title, this.#view.t);
  }

  async #copy(): Promise<void> {
    this.#view.say((await copyText(this.#transcript())) ? strings.copied : strings.notCopied);
  }

  async #erase(): Promise<void> {
    try {
      await this.#conversation.erase();
    } catch {
      return this.#view.say(strings.notCleared);
    }
    forgetTyped();
    this.#draw();
    this.#view.say(strings.cleared);
  }
}

customElements.define("attune-panel", AttunePanel);
