// The search finds what people mean: without marks, with a slip, by the district of a ward.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitting, isSlip } from '../../site/script/fitting.js'
import { search } from '../../site/script/search.js'

const titles = [
  ['Đăng ký khai sinh', '/khai-sinh/', 'Hộ tịch'],
  ['Đăng ký lại khai sinh', '/dang-ky-lai-khai-sinh/', 'Hộ tịch'],
  ['Đăng ký khai tử', '/khai-tu/', 'Hộ tịch'],
  ['Quận Hà Đông', '/co-quan/#d-268', ''],
  ['Phường Văn Quán', '/co-quan/phuong-van-quan-ha-dong/', 'Quận Hà Đông'],
  ['Xã Vân Từ', '/co-quan/xa-van-tu-phu-xuyen/', 'Huyện Phú Xuyên'],
  ['Xã Văn Tự', '/co-quan/xa-van-tu-thuong-tin/', 'Huyện Thường Tín'],
]

/** The index as generator/src/search.rs writes it, with one title a file. */
const files = (() => {
  const fold = text => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').split(' ')
  const places = {}
  titles.forEach(([title, , note], number) => {
    for (const word of new Set(fold(`${title} ${note}`.trim()))) (places[word] ||= []).push(number)
  })
  const words = Object.keys(places).sort()
  const files = {}
  for (const word of words) {
    const steps = places[word].map((number, at) => number - (places[word][at - 1] || 0))
    ;(files[`/assets/search-${word.codePointAt(0)}.d.json`] ||= []).push(steps)
  }
  titles.forEach((line, number) => (files[`/assets/search-t${number}.d.json`] = [line]))
  const letters = Object.fromEntries(words.map(word => [word.codePointAt(0), 'd']))
  const lengths = titles.map(([title]) => fold(title).length.toString(36)).join('')
  files['/index.json'] = { words: words.join(' '), lengths, letters, titles: titles.map(() => 'd'), each: 1 }
  return files
})()

globalThis.fetch = async address => ({
  json: async () => {
    if (!files[address]) throw new Error(`nothing at ${address}`)
    return files[address]
  },
})

const found = async typed => (await search(typed, '/index.json')).map(([title]) => title)

test('marks, capitals and the stroke of đ do not matter', async () => {
  for (const typed of ['Đăng ký khai sinh', 'dang ky khai sinh', 'DANG KY KHAI SINH', ' khai  sinh, dang ky']) {
    const [first, ...others] = await found(typed)
    assert.equal(first, 'Đăng ký khai sinh', typed)
    assert.ok(!others.includes('Đăng ký khai tử'), typed)
  }
})

test('who types marks finds what has the same ones first', async () => {
  for (const typed of ['Xã Vân Từ', 'xã văn tự', ' Văn Tự'.normalize('NFD')]) {
    const [first, ...others] = await found(typed)
    assert.equal(first.toLowerCase().includes(typed.trim().toLowerCase().normalize()), true, typed)
    assert.ok(others.some((title) => /^Xã V/.test(title)), typed)
  }
})

test('a district is found with its wards', async () => {
  assert.deepEqual(await found('ha dong'), ['Quận Hà Đông', 'Phường Văn Quán'])
})

test('one slip is forgiven, a beginning is enough', async () => {
  for (const typed of ['dang ky khia sinh', 'dang ky khai snh', 'dang kyy khai sinh', 'dang ky khay sinh', 'khai sin']) {
    assert.equal((await found(typed))[0], 'Đăng ký khai sinh', typed)
  }
})

test('what fits only in part is better than nothing, and nothing is nothing', async () => {
  assert.equal((await found('khai sinh xyzxyz'))[0], 'Đăng ký khai sinh')
  assert.deepEqual(await found('xyzxyz'), [])
  assert.deepEqual(await found('  '), [])
})

test('a slip is one letter', () => {
  for (const [a, b] of [['sinh', 'sin'], ['sinh', 'sihn'], ['sinh', 'sinhh'], ['sinh', 'xinh']]) assert.ok(isSlip(a, b) && isSlip(b, a), `${a} ${b}`)
  for (const [a, b] of [['sinh', 'si'], ['sinh', 'hnis'], ['khai', 'kahai2']]) assert.ok(!isSlip(a, b), `${a} ${b}`)
  assert.deepEqual(fitting('an', ['an', 'anh', 'ban']), [[0, 4], [1, 2]])
})
