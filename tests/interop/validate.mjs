// Judges documents by JSON Schemas of 2020-12 with ajv.
// node validate.mjs < {"schemas": {name: schema}, "documents": [{"schema": name, "document": …}]}  → [[what is wrong]…]

import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { schemas, documents } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
addFormats(ajv)
const judges = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]))
const judged = documents.map(({ schema, document }) =>
  judges[schema](document) ? [] : judges[schema].errors.map(({ instancePath, message }) => `${instancePath} ${message}`),
)
process.stdout.write(JSON.stringify(judged))
