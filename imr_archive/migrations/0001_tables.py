import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from imr_archive.migrations._operations import RefuseOldDatabase


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        RefuseOldDatabase(),
        migrations.CreateModel(
            name="BodyPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Treatment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=160, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="imr_archive.treatment",
                    ),
                ),
                ("category", models.CharField(db_index=True, max_length=60)),
                ("subcategory", models.CharField(blank=True, db_index=True, max_length=120)),
            ],
            options={
                "ordering": ["slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [1, 2, 3])), name="treatment_level_is_1_to_3"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", 1), ("parent", None)),
                            models.Q(("level__gt", 1), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="treatment_below_a_category_has_a_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Guideline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("mtus-acoem", "MTUS / ACOEM"),
                            ("mtus-chronic-pain", "MTUS Chronic Pain"),
                            ("mtus-opioids", "MTUS Opioids"),
                            ("mtus-acupuncture", "MTUS Acupuncture"),
                            ("mtus-postsurgical", "MTUS Postsurgical"),
                            ("mtus-formulary", "MTUS Drug Formulary"),
                            ("mtus", "MTUS"),
                            ("odg", "ODG"),
                            ("acoem", "ACOEM (outside the MTUS)"),
                            ("other", "Other sources"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("label", models.CharField(help_text="The short form that lists and facets show.", max_length=120)),
                ("chapter_number", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["source", "title", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "mtus-acoem",
                                    "mtus-chronic-pain",
                                    "mtus-opioids",
                                    "mtus-acupuncture",
                                    "mtus-postsurgical",
                                    "mtus-formulary",
                                    "mtus",
                                    "odg",
                                    "acoem",
                                    "other",
                                ],
                            )
                        ),
                        name="guideline_source_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(help_text="SHA-256 of the profile.", max_length=64, unique=True)),
                ("certifications", models.JSONField(blank=True, default=list)),
                ("subspecialties", models.JSONField(blank=True, default=list)),
                ("states", models.JSONField(blank=True, default=list)),
            ],
            options={
                "verbose_name": "reviewer profile",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReviewerSpecialty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="specialties",
                        to="imr_archive.reviewer",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=120)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "verbose_name_plural": "reviewer specialties",
                "ordering": ["reviewer", "pk"],
                "indexes": [models.Index(fields=["slug", "reviewer"], name="reviewer_specialty_slug")],
                "constraints": [models.UniqueConstraint(fields=("reviewer", "slug"), name="reviewer_specialty_once")],
            },
        ),
        migrations.CreateModel(
            name="ReviewerLicence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="licences",
                        to="imr_archive.reviewer",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=60)),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "ordering": ["reviewer", "pk"],
                "indexes": [models.Index(fields=["slug", "reviewer"], name="reviewer_licence_slug")],
                "constraints": [models.UniqueConstraint(fields=("reviewer", "slug"), name="reviewer_licence_once")],
            },
        ),
        migrations.CreateModel(
            name="Determination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_number", models.CharField(blank=True, max_length=20, null=True, unique=True)),
                (
                    "text_sha256",
                    models.CharField(
                        help_text="Hash of the letter's normalised text: its identity without a case number.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("boxed", "Boxed"),
                            ("plain", "Plain"),
                            ("notice", "Notice"),
                            ("professional-review", "Professional review"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        blank=True, choices=[("standard", "Standard"), ("expedited", "Expedited")], max_length=10
                    ),
                ),
                ("injury_date", models.DateField(blank=True, null=True)),
                ("ur_decision_date", models.DateField(blank=True, null=True, verbose_name="UR decision date")),
                ("received_date", models.DateField(blank=True, null=True)),
                ("assigned_date", models.DateField(blank=True, null=True)),
                ("decision_date", models.DateField(blank=True, null=True)),
                ("worker_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("worker_sex", models.CharField(blank=True, choices=[("F", "Female"), ("M", "Male")], max_length=1)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "Upheld"),
                            ("overturned", "Overturned"),
                            ("partially_overturned", "Partly overturned"),
                        ],
                        help_text="Follows from the items' outcomes.",
                        max_length=20,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="determinations",
                        to="imr_archive.reviewer",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("decision_date"), descending=True, nulls_last=True), "-pk"],
                "indexes": [
                    models.Index(fields=["-decision_date", "-id"], name="determination_newest"),
                    models.Index(fields=["outcome"], name="determination_outcome"),
                    models.Index(fields=["worker_age"], name="determination_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("layout__in", ["boxed", "plain", "notice", "professional-review"])),
                        name="determination_layout_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["", "standard", "expedited"])),
                        name="determination_priority_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("worker_sex__in", ["", "F", "M"])), name="determination_sex_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "upheld", "overturned", "partially_overturned"])),
                        name="determination_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("case_number", ""), _negated=True),
                        name="determination_case_number_is_not_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeterminationText",
            fields=[
                (
                    "determination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="imr_archive.determination",
                    ),
                ),
                ("clinical_summary", models.TextField(blank=True)),
                ("raw", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "determination text",
            },
        ),
        migrations.CreateModel(
            name="SourceLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The file's name as received.", max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("text", "Text"), ("unknown", "Not recognised")], max_length=10
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("parser_version", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("current", "Current letter of its case"),
                            ("duplicate", "Same letter in another file"),
                            ("superseded", "Replaced by a newer letter of its case"),
                            ("quarantined", "Quarantined"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "reason_code",
                    models.CharField(blank=True, help_text="Why the letter is quarantined.", max_length=40),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "determination",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="letters",
                        to="imr_archive.determination",
                    ),
                ),
                ("diagnostics", models.JSONField(blank=True, default=list)),
                ("spans", models.JSONField(blank=True, default=dict)),
                ("text", models.TextField(blank=True)),
                ("content", models.BinaryField()),
            ],
            options={
                "ordering": ["-received_at", "-pk"],
                "indexes": [models.Index(fields=["state", "-received_at"], name="letter_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "text", "unknown"])), name="letter_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["current", "duplicate", "superseded", "quarantined"])),
                        name="letter_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "current")),
                        fields=("determination",),
                        name="letter_one_current_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "quarantined"), _negated=True),
                            models.Q(("determination", None), models.Q(("reason_code", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="letter_quarantined_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "determination",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="imr_archive.determination",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="Its place in the letter, from 1.")),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("upheld", "Upheld"), ("overturned", "Overturned")], max_length=10
                    ),
                ),
                (
                    "laterality",
                    models.CharField(
                        blank=True,
                        choices=[("left", "Left"), ("right", "Right"), ("bilateral", "Both sides")],
                        max_length=10,
                    ),
                ),
                ("quantity", models.PositiveIntegerField(blank=True, null=True)),
                ("service_from", models.DateField(blank=True, null=True)),
                ("service_to", models.DateField(blank=True, null=True)),
                (
                    "ca_basis",
                    models.CharField(
                        choices=[
                            ("mtus", "MTUS only"),
                            ("both", "MTUS and other guidelines"),
                            ("non_mtus", "Other guidelines only"),
                            ("none_cited", "None cited"),
                            ("unstated", "Not stated"),
                        ],
                        max_length=10,
                        verbose_name="claims administrator's basis",
                    ),
                ),
                (
                    "reviewer_basis",
                    models.CharField(
                        choices=[
                            ("mtus", "MTUS only"),
                            ("both", "MTUS and other guidelines"),
                            ("non_mtus", "Other guidelines only"),
                            ("none_cited", "None cited"),
                            ("unstated", "Not stated"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "doubts",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="The codes of the parser's doubts about the item, each once.",
                    ),
                ),
            ],
            options={
                "ordering": ["determination", "position"],
                "indexes": [
                    models.Index(fields=["outcome", "determination"], name="item_outcome"),
                    models.Index(fields=["ca_basis"], name="item_ca_basis"),
                    models.Index(fields=["reviewer_basis"], name="item_reviewer_basis"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("determination", "position"), name="item_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "upheld", "overturned"])), name="item_outcome_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("laterality__in", ["", "left", "right", "bilateral"])),
                        name="item_laterality_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ca_basis__in", ["mtus", "both", "non_mtus", "none_cited", "unstated"])),
                        name="item_ca_basis_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer_basis__in", ["mtus", "both", "non_mtus", "none_cited", "unstated"])
                        ),
                        name="item_reviewer_basis_is_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="item_position_from_1"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("service_from", None), ("service_to", None)),
                            ("service_from__lte", models.F("service_to")),
                            _connector="OR",
                        ),
                        name="item_service_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputedItemText",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="imr_archive.disputeditem",
                    ),
                ),
                ("description", models.TextField(help_text="The request that was decided.")),
                ("original_request", models.TextField(blank=True)),
                (
                    "authorized",
                    models.TextField(blank=True, help_text="The part that utilization review had approved."),
                ),
                ("ca_guideline", models.TextField(blank=True, verbose_name="claims administrator guideline")),
                ("reviewer_guideline", models.TextField(blank=True, verbose_name="expert reviewer guideline")),
                ("rationale", models.TextField(blank=True)),
                ("raw", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "disputed item text",
            },
        ),
        migrations.CreateModel(
            name="ItemTreatment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="item_treatments",
                        to="imr_archive.disputeditem",
                    ),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_treatments",
                        to="imr_archive.treatment",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("raw", models.CharField(max_length=600)),
            ],
            options={
                "ordering": ["item", "position"],
                "indexes": [models.Index(fields=["treatment", "item"], name="item_treatment_covering")],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "position"), name="item_treatment_position_once"),
                    models.UniqueConstraint(fields=("item", "treatment"), name="item_treatment_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="disputeditem",
            name="treatments",
            field=models.ManyToManyField(
                related_name="items", through="imr_archive.ItemTreatment", to="imr_archive.treatment"
            ),
        ),
        migrations.CreateModel(
            name="ItemBodyPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="item_body_parts",
                        to="imr_archive.disputeditem",
                    ),
                ),
                (
                    "body_part",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_body_parts",
                        to="imr_archive.bodypart",
                    ),
                ),
                ("raw", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["item", "pk"],
                "indexes": [models.Index(fields=["body_part", "item"], name="item_body_part_covering")],
                "constraints": [models.UniqueConstraint(fields=("item", "body_part"), name="item_body_part_once")],
            },
        ),
        migrations.AddField(
            model_name="disputeditem",
            name="body_parts",
            field=models.ManyToManyField(
                related_name="items", through="imr_archive.ItemBodyPart", to="imr_archive.bodypart"
            ),
        ),
        migrations.CreateModel(
            name="GuidelineCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="citations",
                        to="imr_archive.disputeditem",
                    ),
                ),
                (
                    "cited_by",
                    models.CharField(
                        choices=[("claims_administrator", "Claims administrator"), ("reviewer", "Expert reviewer")],
                        max_length=20,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="Its place among the citations of its side, from 1."),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="imr_archive.guideline",
                    ),
                ),
                ("title", models.TextField(help_text="The canonical title, or the title or address as printed.")),
                ("section", models.TextField(blank=True)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="edition year")),
                ("pages", models.CharField(blank=True, max_length=200)),
                ("tables", models.JSONField(blank=True, default=list)),
                ("text", models.TextField(verbose_name="printed text")),
            ],
            options={
                "ordering": ["item", "cited_by", "position"],
                "indexes": [models.Index(fields=["guideline", "cited_by", "item"], name="citation_guideline")],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "cited_by", "position"), name="citation_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(("cited_by__in", ["claims_administrator", "reviewer"])),
                        name="citation_side_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidelineMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="imr_archive.disputeditem",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mentions",
                        to="imr_archive.guideline",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="Its place among the mentions of its rationale, from 1."
                    ),
                ),
                ("text", models.TextField(verbose_name="printed text")),
            ],
            options={
                "ordering": ["item", "position"],
                "indexes": [models.Index(fields=["guideline", "item"], name="mention_covering")],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "position"), name="mention_position_once"),
                    models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="mention_position_from_1"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "determination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="imr_archive.determination",
                    ),
                ),
                (
                    "item",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The item's position; empty: of the determination; 0: the letter says nothing any more to correct.",
                        null=True,
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                ("value", models.JSONField(blank=True, null=True)),
                ("parsed", models.JSONField(blank=True, null=True)),
                ("made_by", models.CharField(help_text="The account that made it.", max_length=150)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["determination", "item", "field", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("item", None)),
                        fields=("determination", "field"),
                        name="correction_of_a_determination_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("item__gt", 0)),
                        fields=("determination", "item", "field"),
                        name="correction_of_an_item_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IngestRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "arguments",
                    models.JSONField(default=dict, help_text="What was asked for; a resumed run does it again."),
                ),
                ("started_by", models.CharField(help_text="The account that started it.", max_length=150)),
                ("parser_version", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seconds",
                    models.FloatField(default=0, help_text="Time at work, without the pauses between resumptions."),
                ),
                (
                    "process",
                    models.CharField(
                        blank=True, help_text="The process that works on it, while one does.", max_length=120
                    ),
                ),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("errors", models.JSONField(blank=True, default=dict)),
                ("failure", models.TextField(blank=True, help_text="Why the run failed.")),
                (
                    "changes",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Of how many letters it changed how many values, field by field.",
                    ),
                ),
                (
                    "forgotten_at",
                    models.DateTimeField(
                        blank=True, help_text="When what was kept to undo the run was let go of.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["running", "finished", "cancelled", "failed"])),
                        name="run_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "running"), ("finished_at__isnull", False), _connector="OR"),
                        name="run_ended_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failure__gt", ""), ("status", "failed")),
                            models.Q(models.Q(("status", "failed"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="run_failed_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IngestRunFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="imr_archive.ingestrun"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="The file as the run names it, its archive included.", max_length=500),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="Empty if no bytes were had.", max_length=64, verbose_name="SHA-256"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("updated", "Updated"),
                            ("unchanged", "Unchanged"),
                            ("duplicate", "Duplicate"),
                            ("superseded", "Superseded"),
                            ("quarantined", "Quarantined"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("receive", "Receiving"),
                            ("read", "Reading"),
                            ("parse", "Parsing"),
                            ("store", "Storing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("reason", models.TextField()),
                (
                    "conflicts",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Corrections that were kept though the letter is read otherwise now.",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="run_files",
                        to="imr_archive.sourceletter",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["run", "sha256"], name="run_file_bytes"),
                    models.Index(fields=["run", "status", "code"], name="run_file_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "name"), name="run_file_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["new", "updated", "unchanged", "duplicate", "superseded", "quarantined"])
                        ),
                        name="run_file_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["", "receive", "read", "parse", "store"])),
                        name="run_file_stage_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code__gt", ""), ("stage__gt", ""), ("status", "quarantined")),
                            models.Q(models.Q(("status", "quarantined"), _negated=True), ("code", ""), ("stage", "")),
                            _connector="OR",
                        ),
                        name="run_file_quarantined_has_a_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="imr_archive.ingestrun",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="imr_archive.sourceletter",
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.CharField(help_text="SHA-256 of what the run left.", max_length=64)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("run", "letter"), name="letter_revision_once_a_run")],
            },
        ),
        migrations.CreateModel(
            name="FacetIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("built_at", models.DateTimeField(auto_now_add=True)),
                ("covers", models.BigIntegerField(help_text="The last change that it has taken in.")),
                ("determinations", models.PositiveIntegerField()),
                ("items", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "facet indexes",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="FacetIndexPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "index",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="imr_archive.facetindex",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("payload", models.BinaryField()),
            ],
            options={
                "ordering": ["index", "name"],
                "constraints": [models.UniqueConstraint(fields=("index", "name"), name="facet_index_part_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("determination", models.BigIntegerField(help_text="Its key; it may be deleted.", unique=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
