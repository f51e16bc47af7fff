// What a screen reader is given: the browser's accessibility tree (Chromium).

/** Of roles that people use, not of what only holds others. */
const USED = /^(button|checkbox|combobox|link|listbox|progressbar|radio|searchbox|spinbutton|switch|textbox|MenuListPopup)$/i

/**
 * Attributes of nodes by name.
 *
 * @param {any} node
 * @returns {Record<string, any>}
 */
const told = node => Object.fromEntries((node.properties ?? []).map((/** @type {any} */ { name, value }) => [name, value.value]))

/**
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<{focus: string, alert: string, wrong: string[], faults: string[]}>} role and name of what has the focus; what is called
 *   out; the controls that are told to be wrong; what cannot be understood by ear
 */
export async function heard(page) {
  const client = await page.createCDPSession()
  const { nodes } = /** @type {{nodes: any[]}} */ (await client.send('Accessibility.getFullAXTree'))
  await client.detach()
  const byId = new Map(nodes.map(node => [node.nodeId, node]))
  /** @param {any} node @returns {string} */
  const words = node => (node.role?.value === 'StaticText' ? node.name.value : (node.childIds ?? []).map((/** @type {string} */ id) => words(byId.get(id))).join(' '))
  /** @type {string[]} */
  const wrong = []
  const faults = []
  let [focus, alert] = ['', '']
  for (const node of nodes.filter(({ ignored }) => !ignored)) {
    const [role, name, properties] = [node.role?.value ?? '', (node.name?.value ?? '').trim(), told(node)]
    if (USED.test(role) && !name && role !== 'MenuListPopup') faults.push(`a ${role} without a name`)
    // What stands twice is told apart by the group around it alone.
    if (role === 'radio' && !groupOf(node, byId)) faults.push(`the radio ${name} is in no group with a name`)
    if (properties.invalid === 'true') wrong.push(`${role}: ${name}`)
    if (properties.invalid === 'true' && !properties.describedby && !groupDescribed(node, byId)) faults.push(`${role} ${name} is wrong, and nothing says why`)
    if (properties.focused && role !== 'RootWebArea') focus = `${role}: ${name}`
    if (role === 'alert') alert = words(node)
  }
  return { focus, alert, wrong, faults }
}

/** @param {any} node @param {Map<string, any>} byId @returns {any} the group with a name around it */
function groupOf(node, byId) {
  for (let around = byId.get(node.parentId); around; around = byId.get(around.parentId)) {
    if (/^(group|radiogroup)$/.test(around.role?.value ?? '') && around.name?.value) return around
  }
  return undefined
}

/** @param {any} node @param {Map<string, any>} byId */
function groupDescribed(node, byId) {
  for (let around = byId.get(node.parentId); around; around = byId.get(around.parentId)) if (told(around).describedby) return true
  return false
}
