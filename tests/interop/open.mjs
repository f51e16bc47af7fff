// Opens a compact JWE with the stock JOSE library of Node and the office's key alone.
// node open.mjs < {"jwe": "…", "key": {private JWK}}  → the plaintext

import { compactDecrypt, importJWK } from 'jose'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { jwe, key } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
const { plaintext } = await compactDecrypt(jwe, await importJWK(key, 'ECDH-ES'))
process.stdout.write(plaintext)
