/**
 * The conversation as data: what was said, what is still to be sent, what is going wrong.
 * It knows nothing of the page. Nothing the parent typed is lost: what was sent waits in a queue,
 * with its id, until the server has answered it, through errors, reloads and renewed sessions.
 */
import { Api, ApiError, newId } from "./api";
import { forgetConversation, load, save } from "./store";
import type { Choice, HelplinesCard, Message, Outgoing } from "./types";

/** Waits before the same message is tried again on its own; afterwards only by hand or when online. */
const RETRY_AFTER_MS = [1000, 3000, 10000, 30000];
/** A message that waits to be sent does not wait longer than this for what was said before it. */
const HISTORY_WHILE_WAITING_MS = 2000;
const ALARMING = ["emergency", "crisis", "domestic_abuse"];

export interface Trouble {
  kind: "offline" | "slow" | "broken" | "refused";
  /** What the server says about it, if it says anything. */
  text?: string;
}

export class Conversation {
  messages: Message[] = [];
  trouble: Trouble | null = null;
  /** A message is on its way and no answer is there yet. */
  waiting = false;
  /** Helplines of the bar above the composer, once there has been a reason for them. */
  help: HelplinesCard | undefined = load().help;
  region: string | undefined;
  /** What the server knows it by; empty until there is a session. */
  token = load().token ?? "";

  #queue: Outgoing[] = load().queue ?? [];
  #loaded = false;
  #busy = false;
  #failures = 0;
  #timer = 0;
  /** Rises when the conversation is erased, so that late answers to the old one are dropped. */
  #epoch = 0;

  constructor(
    private readonly api: Api,
    guessedRegion: string | undefined,
    private readonly changed: () => void,
    /** Gives a text back to the composer that the server would not take. */
    private readonly giveBack: (text: string) => void,
  ) {
    this.region = load().region ?? guessedRegion;
    for (const item of this.#queue) this.#show(asMessage(item));
  }

  /** Choices that may be pressed now: those of the turn since the parent last spoke. */
  get open(): { message: Message; choices: Choice[] } | null {
    for (let i = this.messages.length - 1; i >= 0; i--) {
      const message = this.messages[i]!;
      if (message.from === "parent") return null;
      if (message.choices?.length) return { message, choices: message.choices };
    }
    return null;
  }

  /** The chat was opened. Until then nothing is asked of the server: a visit alone is nobody's to store. */
  start(): void {
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#report({ kind: "offline" }));
    if (navigator.onLine === false) this.#report({ kind: "offline" });
    void this.#pump();
  }

  say(text: string): void {
    this.#enqueue({ id: newId(), text });
  }

  choose({ label, payload }: Choice): void {
    this.#enqueue({ id: newId(), text: label, payload });
  }

  retry(): void {
    this.#failures = 0;
    void this.#pump();
  }

  /** From now on nothing is sent, and what still comes is dropped. */
  halt(): void {
    this.#epoch++;
    this.#busy = true;
    clearTimeout(this.#timer);
  }

  /** Erases on the server first; throws, and erases nothing, if that did not work. */
  async erase(): Promise<void> {
    // Nothing is sent meanwhile: what the server refuses because it is erasing must not go to a new session.
    this.halt();
    const said = this.#queue.length;
    try {
      if (this.token) await this.api.erase(this.token);
    } catch (error) {
      if (![401, 404].includes((error as ApiError).status)) {
        // What was on its way is sent again: the server answers the same id once.
        this.#busy = false;
        void this.#pump();
        throw error;
      }
    }
    forgetConversation();
    this.messages = [];
    this.#queue = this.#queue.slice(said);
    for (const item of this.#queue) this.#show(asMessage(item));
    this.token = "";
    this.help = undefined;
    this.trouble = null;
    this.#loaded = this.#busy = false;
    await this.#pump();
  }

  /** A valid token for the booking form; `stale` is one that the server refused. */
  async tokenFor(stale?: string): Promise<string> {
    if (!this.token || this.token === stale) await this.#newSession(this.#epoch);
    return this.token;
  }

  #enqueue(item: Outgoing): void {
    this.#queue.push(item);
    this.#show(asMessage(item));
    this.#keep();
    void this.#pump();
  }

  /** Sends what is queued, in order, one at a time. */
  async #pump(): Promise<void> {
    if (this.#busy) return;
    const epoch = this.#epoch;
    this.#busy = true;
    clearTimeout(this.#timer);
    this.#mark("sending");
    this.waiting = true;
    this.changed();
    try {
      if (!this.#loaded) await this.#loadHistory(epoch);
      while (this.#queue[0] && epoch === this.#epoch) await this.#deliver(this.#queue[0], epoch);
      if (epoch !== this.#epoch) return;
      this.#failures = 0;
      // A refusal stays to be read until the next message; any other trouble is over.
      if (this.trouble?.kind !== "refused") this.trouble = null;
    } catch (error) {
      if (epoch === this.#epoch) this.#failed(error);
    } finally {
      if (epoch === this.#epoch) {
        this.#busy = false;
        this.waiting = false;
        this.changed();
      }
    }
  }

  async #loadHistory(epoch: number): Promise<void> {
    if (this.token)
      try {
        const waiting = this.#queue.length > 0;
        const { messages } = await this.api.history(this.token, waiting ? HISTORY_WHILE_WAITING_MS : undefined);
        if (epoch !== this.#epoch) return;
        const said = messages.filter(({ id }) => !this.#queue.some((item) => item.id === id));
        this.messages = [...said, ...this.messages.filter(({ id }) => !said.some((one) => one.id === id))];
        said.forEach((message) => this.#notice(message));
        this.#loaded = true;
        return;
      } catch (error) {
        if (epoch !== this.#epoch) return;
        if (isExpired(error)) this.token = "";
        // What was said before can be shown later; what is said now must get its answer.
        else if (this.#queue.length) return;
        else throw error;
      }
    await this.#newSession(epoch);
    if (epoch === this.#epoch) this.#loaded = true;
  }

  async #newSession(epoch: number): Promise<void> {
    const session = await this.api.session(this.region);
    if (epoch !== this.#epoch) return;
    this.token = session.token;
    this.region = session.region ?? this.region;
    // It has offered nothing yet, so what was pressed is now said.
    for (const item of this.#queue) delete item.payload;
    // Mid-conversation the new session is silent: the parent has read the first words already.
    const fresh = this.messages.every(({ state }) => state);
    const pending = this.messages;
    if (fresh) this.messages = [];
    for (const message of session.messages ?? []) fresh ? this.#show(message) : this.#notice(message);
    if (fresh) this.messages.push(...pending);
    this.#keep();
    this.changed();
  }

  async #deliver(item: Outgoing, epoch: number): Promise<void> {
    if (this.trouble?.kind === "refused") this.trouble = null;
    try {
      const { messages, region } = await this.api.message(this.token, item).catch(async (error: unknown) => {
        if (!isExpired(error) || epoch !== this.#epoch) throw error;
        await this.#newSession(epoch);
        if (epoch !== this.#epoch) throw error;
        return this.api.message(this.token, item);
      });
      if (epoch !== this.#epoch) return;
      this.#settle(item);
      this.region = region ?? this.region;
      messages.forEach((message) => this.#show(message));
    } catch (error) {
      if (epoch !== this.#epoch) return;
      if (!(error instanceof ApiError) || ![400, 403, 413, 422].includes(error.status)) throw error;
      this.#refuse(item, error);
    }
    this.#keep();
    this.changed();
  }

  #settle({ id }: Outgoing): void {
    this.#queue = this.#queue.filter((item) => item.id !== id);
    const message = this.messages.find((one) => one.id === id);
    if (message) delete message.state;
  }

  /** The server will not take this message, now or later: it goes back to where it was written. */
  #refuse(item: Outgoing, error: ApiError): void {
    this.#queue = this.#queue.filter(({ id }) => id !== item.id);
    this.messages = this.messages.filter(({ id }) => id !== item.id);
    if (!item.payload) this.giveBack(item.text);
    this.trouble = { kind: "refused", text: error.text };
    error.body.messages?.forEach((message) => this.#show(message));
  }

  #failed(error: unknown): void {
    const known = error instanceof ApiError ? error : new ApiError("offline");
    const wait = known.retryAfter * 1000 || RETRY_AFTER_MS[this.#failures++];
    if (wait) this.#timer = window.setTimeout(() => void this.#pump(), wait);
    if (!this.trouble) known.body.messages?.forEach((message) => this.#show(message));
    this.#mark("unsent");
    this.trouble = {
      kind: known.reason,
      text: known.text,
    };
  }

  #report(trouble: Trouble): void {
    this.trouble = trouble;
    this.changed();
  }

  #mark(state: "sending" | "unsent"): void {
    const pending = this.#queue.map(({ id }) => id);
    for (const message of this.messages) if (pending.includes(message.id)) message.state = state;
  }

  #show(message: Message): void {
    message.id ??= newId();
    if (this.messages.some(({ id }) => id === message.id)) return;
    this.messages.push(message);
    this.#notice(message);
  }

  /** Helplines that came with a message stay within reach for the rest of the session. */
  #notice({ card }: Message): void {
    if (card?.type !== "helplines" || !card.lines?.length) return;
    if (!card.compact && !ALARMING.includes(card.kind)) return;
    this.help = card;
    save({ help: card });
  }

  #keep(): void {
    save({ token: this.token, region: this.region, queue: this.#queue });
  }
}

const asMessage = ({ id, text }: Outgoing): Message => ({ id, from: "parent", text, state: "sending" });

const isExpired = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
