// Makes the vectors: `node make.mjs` (Node 20, no dependencies). Each file is named by the one fault it holds.
// Signatures and ephemeral keys are random, so every run gives other bytes: the vectors are committed, and this script
// is for making new ones. FORMAT.md, section 15, tells how to read them.

import { writeCity } from './make/city.mjs';
import { admission, parts, signatures } from './make/checks.mjs';
import { proofs } from './make/log.mjs';
import { sealedFaults } from './make/sealed.mjs';
import { allStatements, publications } from './make/signed.mjs';
import { bodies, headers, jwsSpelling, payloads } from './make/spelling.mjs';
import { clear, count } from './make/submission.mjs';
import { wholeSubmissions } from './make/whole.mjs';

clear();
await writeCity();
await wholeSubmissions();
await bodies();
await jwsSpelling();
await headers();
await payloads();
await signatures();
await parts();
await admission();
await sealedFaults();
await publications();
await allStatements();
await proofs();
console.log(`${count()} vectors`);
