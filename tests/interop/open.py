"""Opens a compact JWE with the stock JOSE library of Python (jwcrypto) and the office's key alone.

python open.py < {"jwe": "…", "key": {private JWK}}  → the plaintext
"""

import json
import sys

from jwcrypto import jwe, jwk

order = json.load(sys.stdin)
sealed = jwe.JWE(algs=["ECDH-ES", "A256GCM"])
sealed.deserialize(order["jwe"], key=jwk.JWK(**order["key"]))
sys.stdout.buffer.write(sealed.payload)
