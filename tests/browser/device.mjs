// What lies on a person's device.

/**
 * The records of a store, as values: bytes as a text of one character a byte, a key by what it is and whether it can be taken out.
 *
 * @param {import('puppeteer-core').Page} page - any of the portal
 * @param {string} name - of the database; one that is not there has no records
 * @param {string} store
 * @returns {Promise<any[]>}
 */
export function recordsOf(page, name, store) {
  return page.evaluate(
    async (name, store) => {
      const names = (await indexedDB.databases()).map(({ name }) => name)
      if (!names.includes(name)) return []
      /** @type {IDBDatabase} */
      const database = await new Promise(done => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => done(opening.result)
      })
      const asked = database.transaction(store).objectStore(store).getAll()
      await new Promise(done => (asked.onsuccess = done))
      database.close()
      /** @param {any} value @returns {any} */
      const plain = value => {
        if (value instanceof CryptoKey) return { extractable: value.extractable, algorithm: value.algorithm }
        if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value), byte => String.fromCharCode(byte)).join('')
        if (ArrayBuffer.isView(value) || value instanceof Blob) return {}
        if (Array.isArray(value)) return value.map(plain)
        if (typeof value !== 'object' || !value) return value
        return Object.fromEntries(Object.entries(value).map(([member, its]) => [member, plain(its)]))
      }
      return asked.result.map(plain)
    },
    name,
    store,
  )
}
