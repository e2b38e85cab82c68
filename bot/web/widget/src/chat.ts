/**
 * The chat itself, fetched by the loader. It gives life to the <attune-panel> that waits inside
 * the loader's shadow root: one conversation, and a view of it that can be drawn again at any time.
 */
import { Api } from "./api";
import { forgetTyped } from "./cards/booking";
import { Conversation } from "./conversation";
import { adopt } from "./dom";
import type { ChatHost, ChatPanel } from "./host";
import { safeHref } from "./href";
import { leaveNow, onComingBack, onShiftThrice } from "./quick-exit";
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
  #view: View | undefined;
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
      (text) => this.#view?.giveBack(text),
    );
    // In a task of its own: a slow phone has just spent its breath on reading this script.
    (window.requestIdleCallback ?? setTimeout)(() => this.#view ?? this.#draw());
    this.addEventListener("keydown", (event) => this.#key(event));
    followKeyboard(this);
    onSizeChange(() => this.#fitScreen());
    onShiftThrice(() => this.#started && this.#leave());
    onComingBack(
      // What is written before there is a token belongs to nobody who comes back.
      () => this.#conversation.token || (this.#started ? undefined : ""),
      () => {
        this.#conversation.halt();
        this.#host.remove();
        location.reload();
      },
    );
  }

  opened(byParent: boolean): void {
    const view = this.#view ?? this.#draw();
    this.hidden = false;
    save({ unread: 0 });
    this.#host.showUnread(0);
    if (!this.#started) {
      this.#started = true;
      this.#conversation.start();
    }
    this.#fitScreen();
    view.settle();
    if (byParent) view.focus();
  }

  closed(): void {
    this.hidden = true;
    this.#fitScreen();
  }

  #draw(): View {
    const old = this.#view?.element;
    const view = (this.#view = chatView(this.#host, this.#api, this.#conversation, {
      close: () => this.#host.close(),
      leave: () => this.#leave(),
      copy: () => void this.#copy(),
      download: () => downloadText(this.#transcript()),
      erase: () => void this.#erase(),
      look: (change) => {
        save(change);
        this.#host.refresh();
        this.#draw().toggleMenu(true);
        // Everything is drawn anew: whoever tries one size after the other stays where they are.
        this.querySelectorAll<HTMLElement>("[aria-pressed=true]")["size" in change ? 1 : 0]!.focus();
      },
    }));
    if (old) old.replaceWith(view.element);
    else this.append(view.element);
    this.#fitScreen();
    if (!this.hidden) view.settle();
    return view;
  }

  #update(): void {
    this.#view?.sync();
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
    this.#view?.setModal(modal);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      if (this.#view?.menuOpen()) this.#view.toggleMenu(false);
      else if (!this.#host.settings.embed) this.#host.close();
      event.stopPropagation();
    }
  }

  #leave(): void {
    const { exit, base } = this.#host.settings;
    leaveNow(safeHref(exit, base) ?? "https://www.google.com/");
  }

  #transcript(): string {
    return transcript(this.#conversation.messages, this.#host.settings.title, this.#view!.t);
  }

  async #copy(): Promise<void> {
    const copied = await copyText(this.#transcript());
    this.#view?.say(copied ? strings.copied : strings.notCopied);
  }

  async #erase(): Promise<void> {
    try {
      await this.#conversation.erase();
    } catch {
      return this.#view?.say(strings.notCleared);
    }
    forgetTyped();
    this.#draw().say(strings.cleared);
  }
}

customElements.define("attune-panel", AttunePanel);
