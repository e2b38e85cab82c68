/** The chat API over fetch: no cookies, no cache, a time limit on everything, one kind of error. */
import type { Booked, Message, Outgoing, Slot } from "./types";

/** A turn of the bot takes tens of milliseconds; after this long something is wrong. */
const MESSAGE_LIMIT_MS = 8000;
const FORM_LIMIT_MS = 15000;

/** No connection, no answer in time, or an answer that is no good. */
export type Reason = "offline" | "slow" | "broken";

/** Anything but a good answer. `status` is 0 when no answer came; `text` is what the server says. */
export class ApiError extends Error {
  constructor(
    readonly reason: Reason,
    readonly status = 0,
    readonly body: ErrorBody = {},
    readonly retryAfter = 0,
  ) {
    super(reason);
  }

  get text(): string | undefined {
    return this.body.error?.text;
  }
}

interface ErrorBody {
  error?: { code?: string; text?: string };
  messages?: Message[];
  slots?: Slot[];
  fields?: Record<string, string>;
}

export interface BookingRequest {
  slot: string;
  kind: string;
  name: string;
  contact: string;
  email?: string;
  phone?: string;
  note?: string;
  consent: true;
  time_zone: string;
}

export class Api {
  constructor(private readonly base: string) {}

  session(region?: string): Promise<{ token: string; messages: Message[]; region?: string }> {
    return this.#call("POST", "/chat/session", { body: { region, page: location.pathname } });
  }

  message(token: string, { id, text, payload }: Outgoing): Promise<{ messages: Message[]; region?: string }> {
    return this.#call("POST", "/chat/message", { token, body: payload ? { id, payload } : { id, text } });
  }

  history(token: string, limit?: number): Promise<{ messages: Message[] }> {
    return this.#call("GET", "/chat/history", { token, limit });
  }

  erase(token: string): Promise<unknown> {
    return this.#call("DELETE", "/chat/session", { token });
  }

  slots(zone: string): Promise<{ slots: Slot[]; time_zone: string }> {
    const query = new URLSearchParams({ tz: zone, days: "14" });
    return this.#call("GET", `/api/slots?${query}`, { limit: FORM_LIMIT_MS });
  }

  book(token: string, body: BookingRequest): Promise<{ booking: Booked }> {
    return this.#call("POST", "/api/bookings", { token, body, limit: FORM_LIMIT_MS });
  }

  async #call<T>(
    method: string,
    path: string,
    { token, body, limit = MESSAGE_LIMIT_MS }: { token?: string; body?: object; limit?: number },
  ): Promise<T> {
    const headers: Record<string, string> = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(this.base + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(limit),
      });
      const content = (await answer.text()) || "{}";
      // What is not JSON is a page of some proxy, not our server.
      const data = content[0] === "{" ? JSON.parse(content) : {};
      if (answer.ok && content[0] === "{") return data as T;
      throw new ApiError("broken", answer.status, data as ErrorBody, Number(answer.headers.get("Retry-After")));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError((error as Error).name === "TimeoutError" ? "slow" : "offline");
    }
  }
}

/** A client id for a message (UUID 4): the server answers the same id only once. */
export function newId(): string {
  // Not crypto.randomUUID, which is absent on pages without https.
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(digit) / 4)))).toString(16),
  );
}
