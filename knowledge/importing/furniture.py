"""Words by which a site gives itself away: headings and short lines that are not part of the article."""

from __future__ import annotations

import re

# A heading like these goes with all that stands below it.
_HEADINGS = (
    r"share( (this|on|with))?( (post|page|article|story))?",
    r"related( \w+){0,2}",
    r"(you (may|might) )?also (like|enjoy|read)( \w+){0,2}|you (may|might) (also )?(like|enjoy|be interested in)( \w+)?",
    r"(read|keep|continue) (more|next|reading)",
    r"(more|latest|recent|popular|featured|similar|other) (from|posts?|articles?|stories|reading|news)\b.*",
    r"leave a (reply|comment)|post a comment|(\d+|no|one) (comments?|thoughts?|responses?|replies)\b.*|comments?( \(\d+\))?",
    r"(subscribe|sign up)\b.*|join (our|my|the) (newsletter|list|mailing list|community)\b.*|(our |the )?newsletter\b.*",
    r"stay (connected|in touch|up to date)|follow (us|me|along)\b.*",
    r"(table of )?contents|in this (article|post|guide)|on this page|jump to( \w+)?",
    r"(previous|next)( (post|article|previous|next|page))?|post navigation",
    r"categories|tags|archives|search|menu|navigation|quick links|useful links|footer|site map",
    r"(about|meet|written by) (the|our) (author|writer)",
    r"location|opening hours|office hours|hours|contact (us|info|details)|contact|get in touch",
    r"cookies?( \w+){0,2}|(your )?privacy( \w+){0,2}|we value your privacy|manage (consent|cookies)|(wait )?before you go",
)
# A paragraph like these goes, if it is short.
_LINES = (
    r".*\bcookies?\b.*\b(accept|consent|policy|settings|preferences|(this|our|the) (web)?site|your experience)\b.*",
    r"(we|this (web)?site) uses? cookies.*|(accept|reject|decline|allow)( all)?( cookies)?|manage (consent|preferences)",
    r"(read|learn|see|show|find out|discover) (more|next|the full (post|article|story))( (about|on) .{1,40})?|continue reading\b.{0,60}|read next:.*",
    r"click here( .{0,40})?|(table of )?contents|toggle (menu|navigation)|menu|close|open|search|home|blog|skip to \w+( \w+)?",
    r"share( (this|it))?( (post|article|page|story))?( (on|via|with) (facebook|twitter|x|linkedin|pinterest|whatsapp|e-?mail|friends|others)\b.*)?",
    r"(tweet|pin|print|e-?mail|save|like)( this| it)?|((facebook|twitter|linkedin|pinterest|whatsapp|instagram|reddit|tumblr|youtube|tiktok|email|x)[ ,|/·]*){1,8}",
    r"(posted|published|updated|last (updated|modified|reviewed)|written|(medically |clinically )?reviewed|filed|tagged)( (on|by|in|under|at)\b|:).{0,80}",
    r"by [A-Z][\w.'’-]+( [A-Z][\w.'’-]+){1,3}(,.{0,40}| ?[|·•-].{0,40})?",
    r"\d+ ?min(ute)?s?( to)?( read)?|reading time:?.{0,20}|estimated read.{0,30}",
    r"[A-Z][a-z]{2,8}\.? \d{1,2}(st|nd|rd|th)?(, ?\d{4})?( ?written by.*)?|\d{1,2}(st|nd|rd|th)? [A-Z][a-z]{2,8},? \d{4}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}",
    r"(©|\(c\) |copyright ).*|.*\ball rights reserved\b.*|(photo|image|picture)s?( credit)?( by |:).{0,80}|image:.*",
    r"(back|return|scroll) to (the )?(top|blog|home|articles|all posts)|(previous|next)( (post|article|page))?(:.*)?|(older|newer) (posts?|entries)",
    r"advertisement|sponsored|tags?:.*|categor(y|ies):.*|follow (us|me)\b.*|leave a (reply|comment)|\d+ comments?",
    r"(subscribe|sign up|join)\b.*\b(newsletter|mailing list|inbox|updates|e-?mail)\b.*|no spam.*|your e-?mail address\b.*|e-?mail address",
    r"privacy (policy|notice)\b.{0,40}|terms (of (use|service)|and conditions).{0,40}|jump to\b.{0,30}|on this page|in this article",
)
_HEADING = re.compile("|".join(f"(?:{pattern})" for pattern in _HEADINGS), re.IGNORECASE)
# Names and months are told by their capitals.
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _LINES))
# Sources belong into the front matter, where each claim has its own.
_SOURCES = re.compile(r"(references|sources|citations|bibliography|works cited|footnotes)", re.IGNORECASE)
_EDGES = " \t.:!?…#*|_-–—«»›‹→←➡📑🔗"


def is_site_heading(text: str) -> bool:
    """Whether a heading belongs to the site: share, related posts, comments, newsletter."""
    return bool(_HEADING.fullmatch(text.strip(_EDGES)))


def is_sources_heading(text: str) -> bool:
    """Whether a heading stands above a list of sources."""
    return bool(_SOURCES.fullmatch(text.strip(_EDGES)))


def is_site_line(text: str) -> bool:
    """Whether a short paragraph belongs to the site: a date, a button, a cookie notice, or no word at all."""
    bare = text.strip(_EDGES)
    return not re.search(r"\w", bare) or bool(_LINE.fullmatch(bare) or _LINE.fullmatch(bare[:1].lower() + bare[1:]))
