// Opens a sealed attachment with the stock library for RFC 8188 of Node (http_ece), and its keying material alone.
// node ece.mjs < {"sealed": path, "ikm": "…", "opened": path}

import { readFileSync, writeFileSync } from 'node:fs'
import ece from 'http_ece'

const { sealed, ikm, opened } = JSON.parse(readFileSync(0, 'utf8'))
writeFileSync(opened, ece.decrypt(readFileSync(sealed), { version: 'aes128gcm', key: ikm }))
