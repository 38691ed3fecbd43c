"""JSON as it goes over the wire."""

import json

# One encoder for all: making one takes longer than most answers, and nothing here refers to itself.
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
