/** What a parent should know before the first message. It can be folded away, never hidden. */
import { h } from "../dom";
import { load, save } from "../store";
import type { NoticeCard } from "../types";
import type { CardKind } from "./context";

export const notice: CardKind<NoticeCard> = {
  says: ({ title, items }, text) => (text.includes(title) ? title : items[0]),
  draw({ title, items }) {
    const fold = h(
      "details.card.notice", { open: !load().noticeRead, ontoggle: () => save({ noticeRead: !fold.open }) },
      h("summary", title),
      h("ul", ...items.map((item) => h("li", { dir: "auto" }, item))),
    );
    return fold;
  },
};
