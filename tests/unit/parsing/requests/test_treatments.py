"""Which treatments a disputed request asks for."""

from collections import Counter

import pytest

from imr_archive.parsing.requests.reader import read_request
from imr_archive.parsing.requests.treatment_table import Clause, DrugClass, treatments, wordings
from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.terms import Words

PT = "rehabilitation/physical-occupational-therapy/physical-therapy"


def asked(description: str, original_request: str | None = None) -> list[str]:
    return [found.value for found in read_request(description, original_request).treatments]


def first(description: str) -> str:
    return asked(description)[0]


def subcategory(slug: str) -> str:
    return "/".join(slug.split("/")[:2])


EVERY_SUBCATEGORY = {
    "diagnostic-testing/imaging": ["Repeat MRI, right ankle", "CT of the pelvis", "Bone scan", "Three view x-rays"],
    "diagnostic-testing/electrodiagnostics": ["NCS of both arms", "Electromyography", "Electro- diagnostic studies"],
    "diagnostic-testing/laboratory": ["CBC", "Urine toxicology screen", "Pre-op labs", "Hepatic panel", "Skin biopsy"],
    "diagnostic-testing/other-diagnostic": ["EKG", "Sleep study", "FCE", "ROM testing", "Spirometry", "EEG"],
    "dmepos/dme": ["Rental of a hospital bed", "Cold therapy unit", "Crutches", "Home traction unit", "CPM machine"],
    "dmepos/electrical-stimulation": ["TENS unit", "IF unit", "H-wave device", "Bone growth stimulator", "Electrodes"],
    "dmepos/prosthetics-orthotics": ["Ankle brace", "Wrist splint", "UltraSling", "CAM boot", "Custom orthotics"],
    "dmepos/supplies": ["Two shoulder wraps", "Compression stockings", "Wound dressings", "Unspecified supplies"],
    "evaluation-management/medical-specialties": ["Office visit", "Neurology consult", "Pre-op clearance", "Re-exam"],
    "evaluation-management/dental": ["Dental cleaning", "Root canal", "Night guard"],
    "home-health/home-health": ["Home health aide 4 hours a day", "In-home caregiver", "Visiting nurse", "LVN visits"],
    "injection/facet": ["Lumbar facet injection", "MBB at L4-5", "Cervical medial branch RFA", "Rhizotomy L3-L5"],
    "injection/epidural-steroid": ["ESI at L5-S1", "Transforaminal injection", "Caudal epidural", "TFESI"],
    "injection/trigger-point": ["Trigger point injections x 4", "TPI to the trapezius"],
    "injection/joint": ["Cortisone injection, left knee", "Synvisc", "SI joint injection", "Hip bursa injection"],
    "injection/other-injection": ["Stellate ganglion block", "Botox", "PRP to the elbow", "Occipital nerve block"],
    "pharmaceuticals/opioid": ["Norco 10/325mg #90", "Tramadol ER 150mg", "MS Contin", "Fentanyl patch 50mcg"],
    "pharmaceuticals/nsaid": ["Naproxen sodium 550mg #60", "Celebrex", "Relafen 750mg", "Diclofenac XR 100mg"],
    "pharmaceuticals/muscle-relaxant": ["Flexeril 10mg", "Tizanidine 4mg #90", "Soma", "Robaxin 750"],
    "pharmaceuticals/topical-analgesic": ["Lidoderm 5% patch", "Voltaren gel", "Terocin", "Capsaicin 0.025% cream"],
    "pharmaceuticals/topical-compound": ["Compounded cream", "Ketoprofen 10%, gabapentin 6%, in a cream"],
    "pharmaceuticals/anti-epilepsy": ["Gabapentin 600mg", "Lyrica 75 mg", "Topamax"],
    "pharmaceuticals/antidepressant": ["Cymbalta 30mg", "Trazodone", "Wellbutrin XL"],
    "pharmaceuticals/anti-anxiety": ["Xanax 1mg", "Lorazepam", "Buspar"],
    "pharmaceuticals/sedative-hypnotic": ["Ambien CR", "Lunesta", "Restoril 15mg"],
    "pharmaceuticals/proton-pump-inhibitor": ["Prilosec 20mg", "Pantoprazole", "Nexium"],
    "pharmaceuticals/gi-agent": ["Ranitidine", "Zofran ODT", "Senokot-S", "Colace", "Miralax"],
    "pharmaceuticals/other-analgesic": ["Extra strength Tylenol", "Fioricet", "Aspirin 81mg"],
    "pharmaceuticals/antimigraine": ["Imitrex 50mg", "Maxalt"],
    "pharmaceuticals/steroid": ["Medrol dose pack", "Prednisone 10mg"],
    "pharmaceuticals/anti-infective": ["Keflex 500mg", "Post-op antibiotics", "Clindamycin"],
    "pharmaceuticals/cardiovascular": ["Lisinopril", "Coumadin", "Metoprolol succinate"],
    "pharmaceuticals/respiratory-allergy": ["Albuterol inhaler", "Singulair", "Zyrtec"],
    "pharmaceuticals/endocrine": ["Metformin", "Testosterone cypionate", "Levothyroxine", "Insulin"],
    "pharmaceuticals/erectile-dysfunction": ["Viagra 100mg", "Cialis"],
    "pharmaceuticals/nutritional": ["Theramine #90", "Medical food", "Vitamin D", "Vitamin B12 injection"],
    "pharmaceuticals/cannabinoid": ["Marinol", "Medical marijuana"],
    "pharmaceuticals/stimulant": ["Provigil 200mg", "Adderall"],
    "pharmaceuticals/other-drug": ["Abilify", "Naloxone", "Allopurinol", "Medication refills"],
    "programs/functional-restoration": ["FRP for 80 hours", "Multidisciplinary pain program"],
    "programs/weight-loss": ["Supervised weight loss program", "Weight Watchers"],
    "programs/gym": ["Gym membership for a year", "Health club with pool"],
    "programs/other-program": ["Inpatient detoxification", "Work hardening", "Brain injury program"],
    "psych-services/psych-evaluation": ["Psychological evaluation", "Psychiatric consultation", "MMPI"],
    "psych-services/psych-therapy": ["CBT", "Biofeedback x 6", "Group psychotherapy", "Psychological counseling"],
    "rehabilitation/physical-occupational-therapy": ["PT 2x6", "Aquatic therapy", "Hand therapy", "Infrared heat"],
    "rehabilitation/acupuncture": ["Acupuncture 1x6", "Electro-acupuncture", "Acupuncture with infrared, six visits"],
    "rehabilitation/chiropractic": ["Chiropractic care", "Spinal manipulation", "Manual therapy", "Chiro 2x4"],
    "rehabilitation/other-therapies": ["Massage", "Myofascial release", "Shockwave", "Laser therapy x 6"],
    "surgery/arthroscopic": ["Knee arthroscopy", "Arthroscopic rotator cuff repair", "Partial medial meniscectomy"],
    "surgery/spine": ["ACDF", "L4-5 laminectomy", "Lumbar fusion", "Disc replacement", "Kyphoplasty", "Spine surgery"],
    "surgery/non-arthroscopic": ["Carpal tunnel release", "Total knee arthroplasty", "ORIF", "Hardware removal"],
    "surgery/adjunct-surgical": ["Assistant surgeon", "Two day inpatient stay", "Anesthesia", "Surgery center"],
    "transportation/transportation": ["Transportation to and from office visits", "Air ambulance"],
    "other/unclassified": ["Interpreter", "Something else altogether"],
}


@pytest.mark.parametrize(
    ("expected", "description"),
    [(slug, description) for slug, descriptions in EVERY_SUBCATEGORY.items() for description in descriptions],
)
def test_a_request_belongs_to_its_subcategory(expected, description):
    assert subcategory(first(description)) == expected


def test_every_subcategory_of_the_tree_is_tried():
    assert set(EVERY_SUBCATEGORY) == {treatment.slug for treatment in treatments() if treatment.level == 2}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        # what is asked for, not why
        ("Pre-operative complete blood count", "diagnostic-testing/laboratory/blood-count"),
        ("Post-operative physical therapy after knee arthroscopy", PT),
        ("Associated surgical service: Cold therapy unit", "dmepos/dme/cold-therapy"),
        ("Pre-op clearance for lumbar fusion", "evaluation-management/medical-specialties/medical-clearance"),
        ("Consultation with a surgeon for knee arthroscopy", "evaluation-management/medical-specialties/consultation"),
        ("Spine surgery evaluation", "evaluation-management/medical-specialties/consultation"),
        ("Psychological clearance for a spinal cord stimulator", "psych-services/psych-evaluation"),
        ("Transportation to physical therapy", "transportation/transportation"),
        ("Post-arthroscopic physical therapy", PT),
        ("Lorazepam 1mg before MRI", "pharmaceuticals/anti-anxiety/lorazepam"),
        ("Referral to physical therapy", PT),
        ("Labs to include: EKG", "diagnostic-testing/other-diagnostic/ecg"),
        ("Physical therapy evaluation", PT),
        ("Referral to a psychologist", "psych-services/psych-evaluation"),
        ("Psychologist, six visits", "psych-services/psych-therapy"),
        ("Retrospective request for a ketorolac injection", "injection/other-injection"),
        ("Medication refills: baclofen", "pharmaceuticals/muscle-relaxant/baclofen"),
        # abbreviations with two meanings
        ("PT", PT),
        ("PT/PTT", "diagnostic-testing/laboratory/coagulation"),
        ("PT-PTT", "diagnostic-testing/laboratory/coagulation"),
        ("Prothrombin time", "diagnostic-testing/laboratory/coagulation"),
        ("Labs - CBC, PT", "diagnostic-testing/laboratory/blood-count"),
        ("SMA-7", "diagnostic-testing/laboratory/chemistry-panel"),
        ("Spinal Muscle Atrophy - 12", "diagnostic-testing/laboratory/chemistry-panel"),
        ("ROM", "diagnostic-testing/other-diagnostic/range-of-motion-test"),
        ("H wave", "dmepos/electrical-stimulation/h-wave"),
        # the same word in different company
        ("Ultrasound, six sessions", "rehabilitation/physical-occupational-therapy/modalities"),
        ("Ultrasound of the shoulder", "diagnostic-testing/imaging/ultrasound"),
        ("Ultrasound guided injection, right hip", "injection/joint"),
        ("Electrical stimulation 2 times a week", "rehabilitation/physical-occupational-therapy/modalities"),
        ("Electrical stimulation unit", "dmepos/electrical-stimulation"),
        ("Cervical traction, six visits", "rehabilitation/physical-occupational-therapy/modalities"),
        ("Cervical traction device", "dmepos/dme/traction-unit"),
        ("Ice/heat packs times 6", "rehabilitation/physical-occupational-therapy/modalities"),
        ("Rotator cuff repair", "surgery/non-arthroscopic/rotator-cuff-repair"),
        ("RCR, arthroscopic", "surgery/arthroscopic/rotator-cuff-repair"),
        ("RFA of the genicular nerves", "injection/other-injection/nerve-ablation"),
        ("Radiofrequency ablation at L4-5", "injection/facet/radiofrequency-ablation"),
        ("Fusion at L4-5", "surgery/spine"),
        ("Fusion, left wrist", "surgery/non-arthroscopic"),
        ("Hardware removal L4-S1", "surgery/spine/other-spine-surgery"),
        ("Hardware removal, ankle", "surgery/non-arthroscopic"),
        ("Replacement of the left hip", "surgery/non-arthroscopic/joint-replacement"),
        ("Injection, left elbow", "injection/joint"),
        ("Injection of unknown kind", "injection/other-injection"),
        # drugs as tablets, patches, creams and injections
        ("Diclofenac 75mg", "pharmaceuticals/nsaid/diclofenac"),
        ("Diclofenac 3% gel", "pharmaceuticals/topical-analgesic/diclofenac"),
        ("Diclofenac sodium 1.5%", "pharmaceuticals/topical-analgesic/diclofenac"),
        ("Lidocaine patches", "pharmaceuticals/topical-analgesic/lidocaine"),
        ("Lidocaine 5% ointment", "pharmaceuticals/topical-analgesic/lidocaine"),
        ("Butrans patch", "pharmaceuticals/opioid/buprenorphine"),
        ("Tramadol cream", "pharmaceuticals/topical-compound"),
        ("Ketorolac 60mg injection", "injection/other-injection"),
        ("Depo-Medrol injection, knee", "injection/joint/corticosteroid"),
        ("Sumatriptan injection", "pharmaceuticals/antimigraine/sumatriptan"),
        ("Hydrocodone/APAP", "pharmaceuticals/opioid/hydrocodone-acetaminophen"),
        ("Hydrocodone", "pharmaceuticals/opioid/hydrocodone"),
        ("Baclofen 5%, hyaluronic acid 0.2% in cream base", "pharmaceuticals/topical-compound"),
        ("OxyContin", "pharmaceuticals/opioid/oxycodone"),
        # named in passing
        ("DME: heel lift", "dmepos/prosthetics-orthotics/orthotics"),
        ("Interpreter for psychotherapy sessions", "other/unclassified/interpreter"),
        ("Spinal cord stimulator psychological clearance", "psych-services/psych-evaluation"),
        ("Arthroscopic lysis of adhesions, left shoulder", "surgery/arthroscopic"),
        ("Cervical traction with air bladder", "dmepos/dme/traction-unit"),
        ("Toxicology consult", "evaluation-management/medical-specialties/consultation"),
        ("Fentanyl 25 mcg/hr transdermal patch", "pharmaceuticals/opioid/fentanyl"),
        ("Lidocaine/hyaluronic (patch) 6%/0.2%", "pharmaceuticals/topical-compound"),
        ("Esketamine nasal spray", "pharmaceuticals/antidepressant/esketamine"),
        # damage
        ("Hydroc0done 10mg", "pharmaceuticals/opioid/hydrocodone"),
        ("Physicaltherapy", PT),
        ("Ketaprofen 50mg", "pharmaceuticals/nsaid/ketoprofen"),
        ("Cyclobenzparine 10mg", "pharmaceuticals/muscle-relaxant/cyclobenzaprine"),
        ("Accupuncturre", "rehabilitation/acupuncture"),
        ("Arthroscpy of the knee", "surgery/arthroscopic"),
        ("Physi- cal therapy", PT),
        ("CERVICAL  EPIDURAL\nSTEROID INJECTION", "injection/epidural-steroid"),
    ],
)
def test_a_request_is_read_by_what_it_asks_for(description, expected):
    assert first(description) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Ketoprofen 10%, gabapentin 6%, lidocaine 5% cream", ["pharmaceuticals/topical-compound"]),
        ("Flurbiprofen/menthol gel", ["pharmaceuticals/topical-compound"]),
        ("Compound cream: baclofen, ketamine and lidocaine", ["pharmaceuticals/topical-compound"]),
        (
            "Lidocaine 4%/menthol 1%",
            ["pharmaceuticals/topical-analgesic/lidocaine", "pharmaceuticals/topical-analgesic/menthol"],
        ),
        (
            "Naproxen 550mg #60 and Lidoderm patch #30",
            ["pharmaceuticals/nsaid/naproxen", "pharmaceuticals/topical-analgesic/lidocaine"],
        ),
        ("Tramadol (Ultram) 50mg", ["pharmaceuticals/opioid/tramadol"]),
        ("Naloxone nasal spray", ["pharmaceuticals/other-drug/naloxone"]),
    ],
)
def test_the_ingredients_of_one_cream_are_one_compound(description, expected):
    assert asked(description) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Physical therapy and acupuncture", [PT, "rehabilitation/acupuncture"]),
        ("EMG/NCV", ["diagnostic-testing/electrodiagnostics/emg", "diagnostic-testing/electrodiagnostics/ncv"]),
        (
            "Lumbar fusion with a two day inpatient stay",
            ["surgery/spine/fusion", "surgery/adjunct-surgical/inpatient-stay"],
        ),
        ("TENS unit with supplies", ["dmepos/electrical-stimulation/tens"]),
        ("RFA of the L3, L4 and L5 medial branches", ["injection/facet/radiofrequency-ablation"]),
        ("MRI of the hip with intra-articular contrast", ["diagnostic-testing/imaging/mri"]),
        ("Wheelchair, walker", ["dmepos/dme/wheelchair", "dmepos/dme/walking-aid"]),
        (
            "Acupuncture for pain after spinal fusion, and massage",
            ["rehabilitation/acupuncture", "rehabilitation/other-therapies"],
        ),
    ],
)
def test_several_things_in_one_request_are_all_kept_first_named_first(description, expected):
    assert asked(description) == expected


def test_the_original_request_decides_where_the_decided_portion_names_no_treatment():
    (found,) = read_request("The remaining six", "Acupuncture, 12 sessions").treatments
    assert (found.value, found.in_original) == ("rehabilitation/acupuncture", True)
    assert "Acupuncture, 12 sessions"[found.start : found.end] == "Acupuncture"


def test_what_no_rule_fits_is_unclassified_with_the_whole_description():
    (found,) = read_request("Feline companionship").treatments
    assert (found.value, found.start, found.end) == ("other/unclassified", 0, len("Feline companionship"))


@pytest.mark.parametrize("description", sorted({text for texts in EVERY_SUBCATEGORY.values() for text in texts}))
def test_every_treatment_found_is_of_the_tree_and_points_at_its_wording(description):
    for found in read_request(description).treatments:
        assert description[found.start : found.end].strip() == description[found.start : found.end] != ""
        assert found.value in {treatment.slug for treatment in treatments()}


# ---------------------------------------------------------------------------------------------------- the tables


def test_the_tree_names_each_slug_once_below_a_parent_that_comes_first():
    seen: set[str] = set()
    for treatment in treatments():
        assert treatment.slug not in seen
        assert treatment.name
        assert treatment.parent is None or treatment.parent in seen
        assert treatment.level in (1, 2, 3)
        seen.add(treatment.slug)


def test_every_wording_names_a_treatment_of_the_tree():
    slugs = {treatment.slug for treatment in treatments()}
    table = load("treatments")
    named = {clause["treatment"] for row in table["wording"] for clause in row.get("when", ())}
    named |= {row["treatment"] for row in table["wording"]}
    ranked = {
        slug
        for row in (*table["subcategory"], *table["service"], *table["wording"])
        for slug in (*row.get("over", ()), *row.get("under", ()))
    }
    assert named | ranked <= slugs


def test_every_drug_class_is_a_subcategory_and_its_topical_form_another():
    slugs = {treatment.slug for treatment in treatments() if treatment.level == 2}
    for name, row in load("drugs").items():
        assert f"pharmaceuticals/{name}" in slugs
        assert row.get("topical", "pharmaceuticals/other-drug") in slugs


def test_the_formulary_is_broad():
    assert sum(len(row["drugs"]) for row in load("drugs").values()) >= 700


def test_every_term_stands_once_in_the_tables():
    table = load("treatments")
    rows = [
        row.get(key, [])
        for row in (*table["subcategory"], *table["service"], *table["wording"])
        for key in ("terms", "weak")
    ]
    rows += [wordings for row in load("drugs").values() for wordings in row["drugs"].values()]
    counts = Counter(" ".join(Words.of(term).words) for terms in rows for term in terms)
    assert [term for term, count in counts.items() if count > 1] == []


def test_a_drug_of_the_formulary_is_known_by_each_of_its_names():
    for name, row in load("drugs").items():
        if name in ("topical-analgesic", "topical-compound"):
            continue
        for slug, names in row["drugs"].items():
            for wording in names:
                match = next(iter(wordings().scan(Words.of(wording))))
                assert match.value.treatment == f"pharmaceuticals/{name}/{slug}", wording


def test_a_clause_asks_for_its_company_and_its_neighbours():
    words = Words.of("cold pack unit")
    near = Clause("x", frozenset({"cold"}), frozenset(), frozenset({"unit"}), frozenset({"cold"}))
    assert near.holds(words, 1, 2)
    assert not near.holds(words, 0, 1)
    assert not Clause("x", frozenset(), frozenset({"cold"}), frozenset(), frozenset()).holds(words, 1, 2)


def test_a_drug_class_keeps_what_its_table_says():
    match = next(iter(wordings().scan(Words.of("ibuprofen"))))
    assert isinstance(match.value.drug_class, DrugClass)
    assert match.value.drug_class.topical == "pharmaceuticals/topical-analgesic"
