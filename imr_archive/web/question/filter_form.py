"""The form of the filters: check boxes that work without scripts, read into the question's own parameters.

A check box can only say that its value is ticked. So the form has two parameters that no address keeps: ``filters``
says that the form was sent, where a value ticked below another ticked one narrows it (in an address both together are
the whole), and ``whole`` names a value that replaces those chosen below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.search.facets.sections import STEP
from imr_archive.web.question.parameters import FACET_VARS

if TYPE_CHECKING:
    from django.http import QueryDict

FORM_VAR = "filters"
WHOLE_VAR = "whole"
# Between the facet and the value of ``whole``.
WHOLE_JOINT = ":"


def read_filter_form(query: QueryDict) -> QueryDict:
    """Return the parameters of a question that the filter form was sent for."""
    question = query.copy()
    wholes = [each.partition(WHOLE_JOINT) for each in question.pop(WHOLE_VAR, [])]
    question.pop(FORM_VAR, None)
    for name in FACET_VARS:
        values = question.getlist(name)
        for facet, _, whole in wholes:
            if facet == name:
                values = [*(each for each in values if not each.startswith(whole + STEP)), whole]
        narrowed = [each for each in values if not any(other.startswith(each + STEP) for other in values)]
        question.setlist(name, narrowed)
    return question
