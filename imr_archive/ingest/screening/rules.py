"""The table of what a letter must not print: identifiers of persons, each with a code, a sentence and a pattern.

A new form of an identifier is a row. No rule repeats a group without a bound, so that a long hostile line takes linear
time. What is printed in every letter, such as the telephone numbers of the letterhead, is listed in ``HARMLESS``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import re2

from imr_archive.vocabulary import HoldCode

if TYPE_CHECKING:
    from collections.abc import Iterator


class Rule(NamedTuple):
    """One form of an identifier.

    ``cue`` is a looser pattern in the syntax of RE2, which matches wherever ``pattern`` can match. The cues of all
    rules are searched for at once; ``pattern`` is only searched for in a text that has its cue.
    """

    code: HoldCode
    sentence: str
    pattern: re.Pattern[str]
    cue: str


# Words that follow a label when its value is blank: those of the next label, of headings, of a redaction.
_NO_NAME = r"""
    (?! (?: Age | Application | Attorney | Board | Case | Certifi | Claim | Clinical | Date | Decision | Denial | Dear
      | Department | Determination | Dispute | Division | Employe | Employer | Expedited | Expert | Federal | Female
      | Final | IMR | Independent | Injur | Insur | Male | MAXIMUS | Medical | MTUS | NAME | Name | Not | Notice
      | Number | ODG | Patient | Physician | Priority | Provider | Redacted | REDACTED | Received | Representative
      | Request | Review | Services | Standard | State | The | Treat | UR | Utilization | Withheld | Worker | [Xx]{3}
      | APPLICATION | CASE | CLAIM | CLINICAL | DATE | DECISION | DETERMINATION | EMPLOYE | FINAL | INDEPENDENT | INJUR
      | MEDICAL | NOTICE | PATIENT | REVIEW | SERVICES | STATE | SUMMARY | TREAT ) )
"""
_PARTICLE = r"(?: (?: van | von | der | de | del | la | di | da ) [ \t] ){0,2}"
_NAME_WORD = rf"{_PARTICLE} {_NO_NAME} [A-Z][\w'’.-]{{0,30}}"
# "Maria Lopez", "LOPEZ, MARIA J.", "J. R. O'Neil"
_NAME = rf"{_NAME_WORD} (?: ,?[ \t]{{1,3}} {_NAME_WORD} ){{1,3}}"
_LABEL = r"\b (?i: employee | applicant | patient | claimant | worker )"
_NUMBER_WORD = r"(?: Number | Numbers | No\b\.? | Num\b\.? | \# | ID\b )"
_DATE = r"""
    (?: \d{1,2} \s? [-/.] \s? \d{1,2} \s? [-/.] \s? \d{2,4} | \d{4}-\d{2}-\d{2}
      | (?: \d{1,2} \s )? [A-Za-z]{3,9} \.? \s (?: \d{1,2} ,? \s )? \d{4} )
"""
_STREET_WORD = "Street|Avenue|Boulevard|Road|Drive|Lane|Court|Terrace|Parkway|Highway|Circle|Place|Way"
_STREET_SHORT = "St|Ave|Blvd|Rd|Ln|Ct|Pkwy|Hwy"
_STREET = rf"""
    (?: (?: {_STREET_WORD} ) | (?: {_STREET_SHORT} ) \.? | Dr\.?,? (?= \s* (?:\n|Apt|\#|[A-Z]\w+,)) )
"""

# What the cues are made of, in RE2's syntax: white space, a digit, a label, two words of a name, a word for a number.
_SPACE = r"\s\v\x1c-\x1f\x{85}\pZ"
_S = f"[{_SPACE}]"
_D = r"\p{Nd}"
_CUE_PARTICLE = r"(?:[a-z]{2,3}[ \t]){0,2}"
_CUE_LABEL = r"(?i:employee|applicant|patient|claimant|worker)"
_CUE_NAME = rf"{_CUE_PARTICLE}[A-Z]\S*[ \t]+{_CUE_PARTICLE}[A-Z]"
_CUE_NUMBER = rf"{_S}+(?i:(?:numbers?|num|no|#|id)\.?{_S}?){{1,2}}"


def _rule(code: HoldCode, pattern: str, *, cue: str) -> Rule:
    return Rule(code, f"{code.label} seems to be printed.", re.compile(pattern, re.VERBOSE), cue)


RULES: tuple[Rule, ...] = (
    # Employee: Maria Lopez · Patient's Name: LOPEZ, MARIA · Applicant - Maria Lopez · Claimant Name Maria Lopez
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} (?:['’]?s)? (?i: [ \t]{{1,3}} (?:full[ \t])? name )? [ \t]{{0,5}} [:–—-] \s{{0,5}} {_NAME}",
        cue=rf"{_CUE_LABEL}(?:['’]?s)?(?i:[ \t]+(?:full[ \t])?name)?[ \t]*[:–—-]{_S}*{_CUE_NAME}",
    ),
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} (?:['’]?s)? (?i: [ \t]{{1,3}} (?:full[ \t])? name ) [ \t]{{1,5}} (?:is[ \t])? {_NAME}",
        cue=rf"{_CUE_LABEL}(?:['’]?s)?(?i:[ \t]+(?:full[ \t])?name)[ \t]+(?:is[ \t])?{_CUE_NAME}",
    ),
    # The injured worker, Maria Lopez, is a 45 year old · Employee Maria Lopez
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} ,? [ \t]{{1,5}} (?: (?:named|is|known\sas) [ \t] )? (?:(?:Mr|Mrs|Ms)\.?[ \t])? {_NAME}",
        cue=rf"{_CUE_LABEL},?[ \t]+(?:(?:named|is|known{_S}as)[ \t])?(?:(?:Mr|Mrs|Ms)\.?[ \t])?{_CUE_NAME}",
    ),
    # RE: Maria Lopez · Dear Maria Lopez: · Mr. Lopez · Ms. Maria Lopez
    _rule(
        HoldCode.NAME,
        rf"(?m: ^ [ \t]{{0,40}} R[eE] [ \t]? [:.] \s{{0,5}} {_NAME} )",
        cue=rf"R[eE][ \t]?[:.]{_S}*{_CUE_NAME}",
    ),
    _rule(
        HoldCode.NAME,
        rf"\b (?: Mr | Mrs | Ms | Miss ) \b \.? [ \t]{{1,3}} {_NAME_WORD}",
        cue=rf"(?:Mr|Mrs|Ms|Miss)\.?[ \t]+{_CUE_PARTICLE}[A-Z]",
    ),
    _rule(HoldCode.NAME, rf"(?m: ^ [ \t]{{0,40}} Dear [ \t]{{1,3}} {_NAME} )", cue=rf"Dear[ \t]+{_CUE_NAME}"),
    # 123-45-6789 · SSN: 123456789 · SSN xxx-xx-6789
    _rule(
        HoldCode.SOCIAL_SECURITY_NUMBER,
        r"(?<![\d-]) \d{3} \s?[-–‐‑]\s? \d{2} \s?[-–‐‑]\s? \d{4} (?![\d-])",
        cue=rf"{_D}{{3}}{_S}?[-–‐‑]{_S}?{_D}{{2}}{_S}?[-–‐‑]{_S}?{_D}{{4}}",
    ),
    _rule(
        HoldCode.SOCIAL_SECURITY_NUMBER,
        r"""(?i: \b (?: SSN | SS\s?\# | Soc\.?\sSec | Social\s{1,3}Security ) (?: \s{1,3} (?:Number|No\.?|\#) )? )
            [\s:\#.-]{0,6} (?:is\s|ending\sin\s)? [\dXx*•] [\dXx*•\s–-]{2,14} \d""",
        cue=rf"(?i:SSN|SS{_S}?#|Soc\.?{_S}Sec|Social{_S}+Security)",
    ),
    # (916) 555-0123 · 916.555.0123 · +1 916 555 0123
    _rule(
        HoldCode.PHONE,
        r"(?<![\w.-]) (?: \( \d{3} \) [\s.-]{0,3} | \d{3} [\s.–-] ) \d{3} [\s.–-] \d{4} (?![\d-])",
        cue=rf"{_D}{{3}}[{_SPACE}).–-]{{1,4}}{_D}{{3}}[{_SPACE}.–-]{_D}{{4}}",
    ),
    _rule(
        HoldCode.PHONE,
        r"(?i: \b (?: phone | telephone | tel | cell | mobile ) \b) (?i: \s(?:number|no\.?|\#))? [\s:.]{0,4} "
        r"\+?1?[\s.-]?\(?\d{3}\)?[\s.–-]{0,2}\d{3}[\s.–-]{0,2}\d{4} (?!\d)",
        cue=rf"(?i:phone|tel|cell|mobile)(?i:{_S}(?:number|no\.?|#))?[{_SPACE}:.+1(-]*{_D}{{3}}",
    ),
    _rule(HoldCode.EMAIL, r"\b [\w.+-]{1,64} \s?@\s? [\w-]{1,63} (?: \.[\w-]{2,63} ){1,4}", cue="@"),
    # 12 Elm Street · 4567 W. Oak Grove Ave · Fresno, CA 93701
    _rule(
        HoldCode.ADDRESS,
        rf"(?<![\w/.-]) \d{{1,6}} [ \t]{{1,3}} (?: [A-Z0-9][\w'.]{{0,20}} [ \t]{{1,3}} ){{1,4}} {_STREET} (?!\w)",
        cue=rf"{_D}[ \t]+(?:[A-Z0-9]\S*[ \t]+){{1,4}}(?:{_STREET_WORD}|{_STREET_SHORT}|Dr)(?:[^A-Za-z]|$)",
    ),
    _rule(
        HoldCode.ADDRESS,
        r"\b (?: CA\b\.? | Calif\b\.? | California ) ,? \s{1,3} 9\d{4} \b",
        cue=rf"(?:CA|Calif|California)\.?,?{_S}+9{_D}{{4}}",
    ),
    # DOB: 3/14/1970 · Date of Birth March 14, 1970 · born on 3/14/1970
    _rule(
        HoldCode.BIRTH_DATE,
        rf"(?i: \b (?: Date \s{{1,3}} of \s{{1,3}} Birth | DOB | D\.O\.B\.? | Birth\s?date | born (?:\son)? ) )"
        rf" [\s:.-]{{0,6}} {_DATE}",
        cue=rf"(?i:Date{_S}+of{_S}+Birth|DOB|D\.O\.B|Birth{_S}?date|born)",
    ),
    # Claim Number: WC-2014-00123 · Claim # 06-123456 · Claim No. 30140012345-0001 · ADJ1234567
    _rule(
        HoldCode.CLAIM_NUMBER,
        rf"\b (?i: (?:claim|policy|WCAB|EAMS) \s{{1,3}} (?:{_NUMBER_WORD} \s?){{1,2}} )"
        r" [\s:\#.]{0,6} (?=[\w-]{0,20}\d) [A-Za-z0-9][\w-]{3,30}",
        cue=rf"(?i:claim|policy|WCAB|EAMS){_CUE_NUMBER}[{_SPACE}:#.]*\S*{_D}",
    ),
    _rule(HoldCode.CLAIM_NUMBER, r"\b ADJ \s? \d{5,9} \b", cue=rf"ADJ{_S}?{_D}{{5}}"),
    # MRN: 00123456 · Medical Record Number 123456 · Chart # 4711
    _rule(
        HoldCode.RECORD_NUMBER,
        rf"\b (?i: (?: MRN | M\.R\.N\. | (?:Medical\s{{1,3}}Record|chart|patient|member)"
        rf" \s{{1,3}} {_NUMBER_WORD} ) \s?\#? )"
        r"[\s:.]{0,6} (?:is\s)? (?=[\w-]{0,20}\d) [A-Za-z0-9][\w-]{3,30}",
        cue=rf"(?i:MRN|M\.R\.N\.|(?:Medical{_S}+Record|chart|patient|member){_CUE_NUMBER})"
        rf"[{_SPACE}:.#]*(?:is{_S})?\S*{_D}",
    ),
)


def _cues() -> re2.Set:
    cues = re2.Set.SearchSet()
    for rule in RULES:
        cues.Add(rule.cue)
    cues.Compile()
    return cues


_CUES = _cues()


def rules_with_cue(text: str) -> Iterator[Rule]:
    """Yield the rules whose cue the text has, in the order of the table, after one search for all cues.

    Good letters have hardly a cue. That one search takes a fiftieth of the time of searching for each pattern.
    """
    found = _CUES.Match(text.encode(errors="replace")) or ()
    return (RULES[number] for number in sorted(found))


# The organisation's own numbers and addresses, which letters print.
HARMLESS = re.compile(
    r"""
    \(? 855 \)? [\s.-]{0,3} 865 [\s.-] 8873 | \(? 916 \)? [\s.-]{0,3} (?:605|364|673) [\s.-] \d{4}
    | \(? 800 \)? [\s.-]{0,3} 736 [\s.-] 7401 | \b (?: 95813 | 95630 | 95741 | 94612 | 94142 ) \b
    | @maximus\.com | @dir\.ca\.gov
    """,
    re.VERBOSE | re.IGNORECASE,
)
