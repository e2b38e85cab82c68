/** The words of the public chat API (docs/architecture, "Contracts") as types. */

export interface Choice {
  label: string;
  payload: string;
}

export interface Slot {
  id: string;
  start: string;
  end: string;
  label: string;
  therapist?: string | null;
  languages?: string[];
  specialities?: string[];
}

export interface LinkButton {
  label: string;
  href: string;
}

export interface HelpLine {
  id: string;
  name: string;
  call: LinkButton | null;
  text: LinkButton | null;
  chat: LinkButton | null;
  hours?: string;
  languages?: string[];
  for?: string;
  crisis?: boolean;
}

export interface Pace {
  in: number;
  hold: number;
  out: number;
}

export interface PassageCard {
  type: "passage";
  title: string;
  heading?: string;
  quote: string;
  url: string;
  reviewed: boolean;
}

export interface ExerciseCard {
  type: "exercise";
  name: string;
  step: number;
  steps: number;
  text: string;
  seconds: number | null;
  sense: string | null;
  pace: Pace | null;
}

export interface RatingCard {
  type: "rating";
  question: string;
  min: number;
  max: number;
  min_label: string;
  max_label: string;
}

export interface BookingCard {
  type: "booking";
  mode: "slots" | "link";
  url: string | null;
  kinds: string[];
  time_zone: string;
  slots: Slot[];
  notice: string;
}

export interface HelplinesCard {
  type: "helplines";
  kind: "emergency" | "crisis" | "domestic_abuse" | "support";
  region: string;
  region_name?: string;
  compact: boolean;
  lines: HelpLine[];
}

export interface RegionCard {
  type: "region";
  current: string;
  regions: { code: string; name: string }[];
}

export interface NoticeCard {
  type: "notice";
  title: string;
  items: string[];
}

export type Card =
  | PassageCard
  | ExerciseCard
  | RatingCard
  | BookingCard
  | HelplinesCard
  | RegionCard
  | NoticeCard;

export interface Message {
  id: string;
  from: "bot" | "parent";
  text: string;
  card?: Card;
  choices?: Choice[];
  /** Only in the widget: a parent's message that the server has not answered yet. */
  state?: "sending" | "unsent";
}

/** What the parent said or pressed, kept until the server has answered it. */
export interface Outgoing {
  id: string;
  text: string;
  payload?: string;
}

export interface Booked {
  start: string;
  label: string;
  kind: string;
  how_it_starts: string;
  manage_url: string;
}
