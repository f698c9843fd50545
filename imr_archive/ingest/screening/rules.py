"""The table of what a letter must not print: identifiers of persons, each with a code, a sentence and a pattern.

A new form of an identifier is a row. Patterns begin with a set of characters, to which the engine leaps: that halves
the time of the screen. No rule repeats a group without a bound, so that a long hostile line takes linear
time. What is printed in every letter, such as the telephone numbers of the letterhead, is listed in ``HARMLESS``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from imr_archive.vocabulary import HoldCode


class Rule(NamedTuple):
    """One form of an identifier.

    ``cues`` are small letters, one of which stands in every text that the pattern can match; a text without any of
    them is not searched, which saves most of the time.
    """

    code: HoldCode
    sentence: str
    pattern: re.Pattern[str]
    cues: tuple[str, ...] = ()


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
_LABEL = r"[EeAaPpCcWw] (?<!\w\w) (?i: mployee | pplicant | atient | laimant | orker )"
_NUMBER_WORD = r"(?: Number | Numbers | No\b\.? | Num\b\.? | \# | ID\b )"
_DATE = r"""
    (?: \d{1,2} \s? [-/.] \s? \d{1,2} \s? [-/.] \s? \d{2,4} | \d{4}-\d{2}-\d{2}
      | (?: \d{1,2} \s )? [A-Za-z]{3,9} \.? \s (?: \d{1,2} ,? \s )? \d{4} )
"""
_STREET = r"""
    (?: Street | St\.? | Avenue | Ave\.? | Boulevard | Blvd\.? | Road | Rd\.? | Drive | Lane | Ln\.? | Court | Ct\.?
      | Terrace | Parkway | Pkwy\.? | Highway | Hwy\.? | Circle | Place | Way
      | Dr\.?,? (?= \s* (?:\n|Apt|\#|[A-Z]\w+,)) )
"""


def _rule(code: HoldCode, pattern: str, *cues: str, sentence: str = "") -> Rule:
    said = sentence or f"{code.label} seems to be printed."
    return Rule(code, said, re.compile(pattern, re.VERBOSE), cues)


RULES: tuple[Rule, ...] = (
    # Employee: Maria Lopez · Patient's Name: LOPEZ, MARIA · Applicant - Maria Lopez · Claimant Name Maria Lopez
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} (?:['’]?s)? (?i: [ \t]{{1,3}} (?:full[ \t])? name )? [ \t]{{0,5}} [:–—-] \s{{0,5}} {_NAME}",
        *("employee", "applicant", "patient", "claimant", "worker"),
    ),
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} (?:['’]?s)? (?i: [ \t]{{1,3}} (?:full[ \t])? name ) [ \t]{{1,5}} (?:is[ \t])? {_NAME}",
        *("name",),
    ),
    # The injured worker, Maria Lopez, is a 45 year old · Employee Maria Lopez
    _rule(
        HoldCode.NAME,
        rf"{_LABEL} ,? [ \t]{{1,5}} (?: (?:named|is|known\sas) [ \t] )? (?:(?:Mr|Mrs|Ms)\.?[ \t])? {_NAME}",
        *("employee", "applicant", "patient", "claimant", "worker"),
    ),
    # RE: Maria Lopez · Dear Maria Lopez: · Mr. Lopez · Ms. Maria Lopez
    _rule(HoldCode.NAME, rf"(?m: ^ [ \t]{{0,40}} R[eE] [ \t]? [:.] \s{{0,5}} {_NAME} )", "re:", "re.", "re :"),
    _rule(HoldCode.NAME, rf"M (?<!\w\w) (?: r | rs | s | iss ) \b \.? [ \t]{{1,3}} {_NAME_WORD}", "mr", "ms", "miss"),
    _rule(HoldCode.NAME, rf"(?m: ^ [ \t]{{0,40}} Dear [ \t]{{1,3}} {_NAME} )", "dear "),
    # 123-45-6789 · SSN: 123456789 · SSN xxx-xx-6789
    _rule(HoldCode.SOCIAL_SECURITY_NUMBER, r"\d (?<![\d-]\d) \d\d \s?[-–‐‑]\s? \d{2} \s?[-–‐‑]\s? \d{4} (?![\d-])"),
    _rule(
        HoldCode.SOCIAL_SECURITY_NUMBER,
        r"""(?i: \b (?: SSN | SS\s?\# | Soc\.?\sSec | Social\s{1,3}Security ) (?: \s{1,3} (?:Number|No\.?|\#) )? )
            [\s:\#.-]{0,6} (?:is\s|ending\sin\s)? [\dXx*•] [\dXx*•\s–-]{2,14} \d""",
        *("ssn", "social", "soc", "ss#", "ss #"),
    ),
    # (916) 555-0123 · 916.555.0123 · +1 916 555 0123
    _rule(
        HoldCode.PHONE,
        r"[(\d] (?<![\w.-].) (?: (?<=\() \d{3} \) [\s.-]{0,3} | (?<=\d) \d{2} [\s.–-] ) \d{3} [\s.–-] \d{4} (?![\d-])",
    ),
    _rule(
        HoldCode.PHONE,
        r"(?i: \b (?: phone | telephone | tel | cell | mobile ) \b) (?i: \s(?:number|no\.?|\#))? [\s:.]{0,4} "
        r"\+?1?[\s.-]?\(?\d{3}\)?[\s.–-]{0,2}\d{3}[\s.–-]{0,2}\d{4} (?!\d)",
        *("phone", "tel", "cell", "mobile"),
    ),
    _rule(HoldCode.EMAIL, r"\b [\w.+-]{1,64} \s?@\s? [\w-]{1,63} (?: \.[\w-]{2,63} ){1,4}", "@"),
    # 12 Elm Street · 4567 W. Oak Grove Ave · Fresno, CA 93701
    _rule(
        HoldCode.ADDRESS,
        rf"\d (?<![\w/.-]\d) \d{{0,5}} [ \t]{{1,3}} (?: [A-Z0-9][\w'.]{{0,20}} [ \t]{{1,3}} ){{1,4}} {_STREET} (?!\w)",
    ),
    _rule(HoldCode.ADDRESS, r"C (?<!\w\w) (?: A\b\.? | alif\b\.? | alifornia ) ,? \s{1,3} 9\d{4} \b"),
    # DOB: 3/14/1970 · Date of Birth March 14, 1970 · born on 3/14/1970
    _rule(
        HoldCode.BIRTH_DATE,
        rf"(?i: \b (?: Date \s{{1,3}} of \s{{1,3}} Birth | DOB | D\.O\.B\.? | Birth\s?date | born (?:\son)? ) )"
        rf" [\s:.-]{{0,6}} {_DATE}",
        *("birth", "dob", "d.o.b", "born"),
    ),
    # Claim Number: WC-2014-00123 · Claim # 06-123456 · Claim No. 30140012345-0001 · ADJ1234567
    _rule(
        HoldCode.CLAIM_NUMBER,
        rf"[CcPpWwEe] (?<!\w\w) (?i: (?:laim|olicy|CAB|AMS) \s{{1,3}} (?:{_NUMBER_WORD} \s?){{1,2}} )"
        r" [\s:\#.]{0,6} (?=[\w-]{0,20}\d) [A-Za-z0-9][\w-]{3,30}",
        *("claim", "policy", "wcab", "eams"),
    ),
    _rule(HoldCode.CLAIM_NUMBER, r"\b ADJ \s? \d{5,9} \b", "adj"),
    # MRN: 00123456 · Medical Record Number 123456 · Chart # 4711
    _rule(
        HoldCode.RECORD_NUMBER,
        rf"[MmCcPp] (?<!\w\w) (?i: (?: RN | \.R\.N\. | (?:edical\s{{1,3}}Record|hart|atient|ember)"
        rf" \s{{1,3}} {_NUMBER_WORD} ) \s?\#? )"
        r"[\s:.]{0,6} (?:is\s)? (?=[\w-]{0,20}\d) [A-Za-z0-9][\w-]{3,30}",
        *("mrn", "m.r.n", "record", "chart", "patient", "member"),
    ),
)
# The organisation's own numbers and addresses, which letters print.
HARMLESS = re.compile(
    r"""
    \(? 855 \)? [\s.-]{0,3} 865 [\s.-] 8873 | \(? 916 \)? [\s.-]{0,3} (?:605|364|673) [\s.-] \d{4}
    | \(? 800 \)? [\s.-]{0,3} 736 [\s.-] 7401 | \b (?: 95813 | 95630 | 95741 | 94612 | 94142 ) \b
    | @maximus\.com | @dir\.ca\.gov
    """,
    re.VERBOSE | re.IGNORECASE,
)
