// A name in a long list is found as people type it: without marks, by its district, in any order of the words, with a slip.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesLike } from '../../site/script/picker.js'

const names = [
  { name: 'Xã Hải Bối', group: 'Huyện Đông Anh' },
  { name: 'Phường Phú La', group: 'Quận Hà Đông' },
  { name: 'Phường Đồng Mai', group: 'Quận Hà Đông' },
  { name: 'Xã Đông Hội', group: 'Huyện Đông Anh' },
  { name: 'Phường Mai Động', group: 'Quận Hoàng Mai' },
]

for (const [typed, found] of [
  ['dong mai', ['Phường Đồng Mai', 'Phường Mai Động']],
  ['ĐỒNG MAI', ['Phường Đồng Mai', 'Phường Mai Động']],
  ['phú la', ['Phường Phú La']],
  ['ha dong', ['Phường Phú La', 'Phường Đồng Mai', 'Xã Hải Bối']],
  ['phu la ha d', ['Phường Phú La']],
  ['phu laa', ['Phường Phú La']],
  ['dogn mai', ['Phường Đồng Mai', 'Phường Mai Động']],
  ['xyzxyz', []],
  ['  ', []],
]) {
  test(`«${typed}»`, () => {
    assert.deepEqual(
      namesLike(typed, names).map(({ name }) => name),
      found,
    )
  })
}
