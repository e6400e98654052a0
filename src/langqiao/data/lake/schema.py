"""The written schema of the lake: one Arrow schema a table, provenance on every row."""

import pyarrow as pa

PROVENANCE = [
    ("source_file", pa.string()),  # as given to ingest; archive members as outer!inner
    ("sha256", pa.string()),  # of the raw record's bytes
    ("offset", pa.int64()),  # byte offset of the record in the unpacked file
    ("length", pa.int64()),
    ("format", pa.string()),  # the reader
    ("retrieved_at", pa.timestamp("us", tz="UTC")),  # when the file was obtained (its modification time unless told)
    ("known_at", pa.timestamp("us", tz="UTC")),  # when the lake took the row: as-of reads compare with it
]
SCHEMA_VERSION = 1
"""Rises when a column is added; columns are never renamed or removed."""

CHILD = [("key", pa.string()), ("record", pa.string())]
"""`key` of the publication (US-8418361-B2); `record` = sha256 of the raw record the row belongs to."""

_D, _S, _I, _L = pa.date32(), pa.string(), pa.int32(), pa.list_(pa.int32())

TABLES: dict[str, pa.Schema] = {
    name: pa.schema([*columns, *PROVENANCE])
    for name, columns in {
        "publications": [
            ("key", _S), ("office", _S), ("number", _S), ("kind", _S), ("number_raw", _S),
            ("application_number", _S), ("application_number_raw", _S), ("patent_type", _S), ("stage", _S),
            ("title", _S), ("title_lang", _S), ("title_zh", _S), ("title_en", _S), ("abstract", _S), ("abstract_lang", _S),
            ("filing_date", _D), ("publication_date", _D), ("grant_date", _D), ("priority_date", _D),
            ("claim_count", _I), ("page_count", _I), ("family_id", _S), ("status_claimed", _S), ("status_claimed_on", _D),
            ("extra", _S), ("dates_raw", _S),
        ],
        "descriptions": [*CHILD, ("text", pa.large_string())],
        "description_parts": [*CHILD, ("part", _I), ("text", pa.large_string())],  # what follows the first 4 MB of a long description
        "claims": [*CHILD, ("number", _I), ("text", _S), ("depends_on", _L), ("is_independent", pa.bool_()), ("words", _I)],
        "citations": [
            *CHILD, ("sequence", _I), ("kind_of", _S), ("cited_office", _S), ("cited_number", _S), ("cited_kind", _S), ("cited_date", _D),
            ("category", _S), ("relevance", _S), ("phase", _S), ("raw", _S),
        ],
        "parties": [
            *CHILD, ("role", _S), ("sequence", _I), ("name", _S), ("std_name", _S), ("is_organization", pa.bool_()),
            ("country", _S), ("region", _S), ("city", _S), ("kind_code", _S),
        ],
        "classifications": [
            *CHILD, ("scheme", _S), ("sequence", _I), ("symbol", _S), ("subclass", _S), ("is_main", pa.bool_()),
            ("is_inventive", pa.bool_()), ("edition", _S), ("raw", _S),
        ],
        "priorities": [*CHILD, ("sequence", _I), ("relation", _S), ("office", _S), ("number", _S), ("date", _D)],
        "families": [*CHILD, ("model", _S), ("family_id", _S), ("office", _S), ("number", _S), ("member_kind", _S), ("date", _D)],
        "opinions": [*CHILD, ("vendor", _S), ("name", _S), ("value", _S), ("date", _D)],
        "events": [
            ("office", _S), ("number", _S), ("number_kind", _S), ("application_number", _S), ("code", _S), ("kind", _S), ("date", _D),
            ("effective_date", _D), ("from_party", _S), ("to_party", _S), ("text", _S), ("influence", _S), ("code_class", _S),
            ("alignment", _S), ("extra", _S),
        ],
        "conveyances": [
            ("conveyance_key", _S), ("office", _S), ("kind", _S), ("code", _S), ("text", _S), ("recorded_date", _D), ("execution_date", _D),
            ("assignors", pa.list_(_S)), ("assignees", pa.list_(_S)), ("releases", pa.list_(_S)), ("property_count", _I),
        ],
        "conveyed_properties": [
            ("conveyance_key", _S), ("sequence", _I), ("application_number", _S), ("patent_number", _S), ("publication_number", _S),
            ("pct_number", _S), ("title", _S), ("filing_date", _D), ("issue_date", _D),
        ],
        "problems": [
            ("where", _S), ("code", _S), ("message", _S), ("severity", _S), ("row", _I), ("field", _S), ("raw", _S), ("quarantine_file", _S),
        ],
    }.items()
}  # fmt: skip
"""Rows are only ever added. A later record with the same key supersedes an earlier one in `latest` reads; as-of reads still see the earlier."""

ON_READ = ("known_at",)
"""Columns that are not in the Parquet files: the manifest knows them by batch, so that the files depend on the input alone."""

STORED: dict[str, pa.Schema] = {
    name: pa.schema([column for column in table if column.name not in ON_READ]) for name, table in TABLES.items()
}
"""The schemas as written to the files."""
