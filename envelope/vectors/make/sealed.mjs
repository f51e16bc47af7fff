// Faults inside the sealed parts.

import { base64url, bytes32, bytesOf } from './format.mjs';
import { NOW, formRef, keys } from './city.mjs';
import { DAY, json, replace, vector } from './submission.mjs';
import { nextNumber } from './checks.mjs';

/** The relay cannot see these; the intake quarantines them with the cause. */
export async function sealedFaults() {
  const refused = (name, fault, cause, options) => vector(name, fault, 'accept', { intake: `refuse:${cause}`, ...options });

  const jwe = (name, fault, change) => refused(`jwe-${name}`, fault, 'jwe', { jwe: (text, n) => n === 'ward' ? change(text) : text });
  const piece = (index, change) => text => text.split('.').map((p, i) => i === index ? change(p) : p).join('.');
  await jwe('not-a-jwe', 'a word', () => 'hello');
  await jwe('four-pieces', 'the tag is missing', text => text.slice(0, text.lastIndexOf('.')));
  await jwe('six-pieces', 'a piece too many', text => `${text}.AA`);
  await jwe('encrypted-key', 'a wrapped key where none belongs', piece(1, () => 'AAAA'));
  await jwe('base64-padding', 'the iv with padding', piece(2, p => `${p}=`));
  await jwe('spare-bits', 'a spare bit of the tag is set', text => text.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[text.at(-1)]);
  await refused('jwe-iv-16-bytes', 'an iv of 128 bits', 'jwe', { sealing: { ward: { ivBytes: 16 } } });
  await refused('jwe-tag-12-bytes', 'a tag cut to 96 bits', 'jwe', { sealing: { ward: { tagBytes: 12 } } });

  const header = (name, fault, change) => refused(`jwe-header-${name}`, fault, 'header', { sealing: { ward: { header: change } } });
  const member = (name, value) => text => json({ ...JSON.parse(text), [name]: value });
  const epk = change => text => { const h = JSON.parse(text); return json({ ...h, epk: { ...h.epk, ...change(h.epk) } }); };
  await header('zip', 'asks to inflate the plaintext', member('zip', 'DEF'));
  await header('crit', 'asks for an extension', member('crit', ['exp']));
  await header('apu', 'a party name', member('apu', 'QQ'));
  await header('alg-dir', 'alg dir', member('alg', 'dir'));
  await header('alg-a256kw', 'alg ECDH-ES+A256KW', member('alg', 'ECDH-ES+A256KW'));
  await header('enc-a128gcm', 'enc A128GCM', member('enc', 'A128GCM'));
  await header('typ', 'another typ', member('typ', 'JWE'));
  await header('other-order', 'enc before alg', text => { const { alg, enc, ...rest } = JSON.parse(text); return json({ enc, alg, ...rest }); });
  await header('epk-31-bytes', 'x of the ephemeral key lacks its first byte', epk(key => ({ x: base64url(bytesOf(key.x).slice(1)) })));
  await header('epk-private', 'the ephemeral key with d', epk(() => ({ d: keys['other-case'].d })));

  await refused('jwe-kid-of-another-key', 'the part names another key than the manifest', 'kid', { sealedTo: { ward: '00004' } });
  await refused('jwe-epk-off-curve', 'the ephemeral point is not on the curve', 'epk', { sealing: { ward: { header: epk(key => ({ y: nextNumber(key.y) })) } } });
  await refused('jwe-epk-at-infinity', 'both coordinates are 0', 'epk', {
    sealing: { ward: { header: epk(() => ({ x: base64url(bytes32(0n)), y: base64url(bytes32(0n)) })) } },
  });
  await refused('jwe-sealed-to-another-key', 'the header names the right key, but another was used', 'tag', {
    sealedTo: { ward: '00004' }, sealing: { ward: { header: replace(keys['00004'].kid, keys['00001'].kid) } },
  });
  const flipped = p => base64url(bytesOf(p).map((byte, i) => i === 0 ? byte ^ 1 : byte));
  await refused('jwe-tag-flipped', 'one bit of the tag', 'tag', { jwe: (text, n) => n === 'ward' ? piece(4, flipped)(text) : text });
  await refused('jwe-ciphertext-flipped', 'one bit of the ciphertext', 'tag', { jwe: (text, n) => n === 'ward' ? piece(3, flipped)(text) : text });
  await refused('jwe-iv-flipped', 'one bit of the iv', 'tag', { jwe: (text, n) => n === 'ward' ? piece(2, flipped)(text) : text });
  await refused('jwe-tag-flipped-for-police', 'one office of three cannot open its part', 'tag', {
    form: ['three-offices', 1], recipients: { ward: '00001', police: 'ca-001', insurance: 'bh-001', recovery: 'recovery' },
    jwe: (text, n) => n === 'police' ? piece(4, flipped)(text) : text,
  });

  await refused('pad-missing', 'a plaintext of no prescribed size', 'pad', { size: 900 });
  await refused('pad-one-byte-more', 'a plaintext of 1025 bytes', 'pad', { size: 1025 });
  await refused('pad-128-kib', 'a plaintext of 128 KiB', 'pad', { size: 128 * 1024 });

  const text = (name, fault, cause, change) => refused(`plaintext-${name}`, fault, cause, {
    plaintext: (whole, n) => n === 'ward' ? keepSize(change)(whole) : whole,
  });
  await text('not-json', 'spaces', 'json', whole => whole.replace(/./gs, ' '));
  await text('cut-off', 'the last brace is missing', 'json', whole => whole.replace(/}$/, ' '));
  await text('duplicate-name', 'agency twice in the answers', 'json', replace('"answers":{', '"answers":{"agency":"00004",'));
  await text('float', 'at with a fraction', 'shape', replace(`"at":${NOW - 60}`, `"at":${NOW - 60}.5`));
  await text('lone-surrogate', 'half of a surrogate pair in an answer', 'json', replace('"note":"', '"note":"\\ud800'));
  await text('deep-nesting', '20 arrays in an answer', 'json', replace('"note":', `"more":${'['.repeat(20)}${']'.repeat(20)},"note":`));
  const plain = (name, fault, cause, change) => refused(`plaintext-${name}`, fault, cause, { plain: (whole, n) => n === 'ward' ? change(whole) : whole });
  await plain('version-2', 'v is 2', 'shape', whole => ({ ...whole, v: 2 }));
  await plain('extra-member', 'a member that the format does not know', 'shape', whole => ({ ...whole, note: '' }));
  await plain('member-missing', 'no answers', 'shape', ({ answers, ...whole }) => whole);
  await plain('answers-array', 'answers is an array', 'shape', whole => ({ ...whole, answers: [] }));
  await plain('reply-secret-31-bytes', 'the secret of the reply is one byte too short', 'shape',
    whole => ({ ...whole, reply: { ...whole.reply, secret: base64url(new Uint8Array(31)) } }));
  await plain('reply-key-private', 'the reply key with d', 'shape', whole => ({ ...whole, reply: { ...whole.reply, jwk: { ...whole.reply.jwk, d: keys.reply.d } } }));
  await plain('sub-extra-member', 'a member of sub that the format does not know', 'shape', whole => ({ ...whole, sub: { ...whole.sub, iss: '' } }));
  await plain('sub-member-missing', 'sub without jkt', 'shape', ({ sub: { jkt, ...sub }, ...whole }) => ({ ...whole, sub }));

  const differs = (member, value) => refused(`sub-${member}-differs`, `${member} inside is not that of the manifest`, 'sub', {
    sub: (sub, n) => n === 'ward' ? { ...sub, [member]: value } : sub,
  });
  await differs('id', base64url(new Uint8Array(16)));
  await differs('jkt', keys['other-case'].kid);
  await differs('form', await formRef('three-offices', 1));
  await differs('agency', '00004');
  await differs('aud', 'https://relay.other.example');
  await differs('mode', 'trial');
  await differs('n', 'recovery');
  await refused('stripped-and-signed-again', 'the parts of one sender under the signature of another', 'sub', {
    signer: keys['other-case'], sub: sub => ({ ...sub, jkt: keys.case.kid }),
  });
  await refused('at-more-than-30-days-before', 'answers checked 30 days and a second before', 'at', { at: NOW - 30 * DAY - 1 });
  await refused('at-more-than-ten-minutes-after', 'answers checked 601 s after', 'at', { at: NOW + 601 });
}

/** Changes a text and gives or takes blanks of its pad, so that its size stays. */
const keepSize = change => whole => {
  const changed = change(whole);
  const surplus = Buffer.byteLength(changed) - Buffer.byteLength(whole);
  return surplus <= 0 ? changed + ' '.repeat(-surplus) : changed.replace(' '.repeat(surplus), '');
};
