"""Judges documents by JSON Schemas of the draft that each names, with jsonschema.

python validate.py < {"schemas": {name: schema}, "documents": [{"schema": name, "document": …} or {"schema", "toml": text}]}
→ [[what is wrong]…]; TOML is read by Python's own reader, its days and moments as text.
"""

import json
import sys
import tomllib

from jsonschema.validators import validator_for


def plain(value):
    """TOML as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if isinstance(value, (str, bool, int, float)) else value.isoformat()


order = json.load(sys.stdin)
judges = {}
for name, schema in order["schemas"].items():
    judge = validator_for(schema)
    judge.check_schema(schema)
    judges[name] = judge(schema, format_checker=judge.FORMAT_CHECKER)
judged = []
for one in order["documents"]:
    document = plain(tomllib.loads(one["toml"])) if "toml" in one else one["document"]
    judged.append([f"{error.json_path} {error.message[:200]}" for error in judges[one["schema"]].iter_errors(document)])
json.dump(judged, sys.stdout)
