// A person with a keyboard alone: Tab to each control, arrows in lists and groups, Enter and Space; never a mouse, nothing put in by
// program. On the way it is seen whether the focus can be seen, and whether it is where the person goes on.

import { Form } from './driver.mjs'

/** More stops than any page has. */
const STOPS_MAX = 400
/** CSS pixels: what WCAG 2.4.13 asks of a focus indicator. */
const OUTLINE_MIN = 2

export class KeyboardForm extends Form {
  /** What was wrong with the focus, each with where. @type {Set<string>} */
  faults = new Set()
  /** How many times it stood on something. */
  stops = 0

  /** Goes there by Tab, backwards if it is behind. @param {string} selector */
  async focus(selector) {
    for (let stop = 0; stop < STOPS_MAX; stop++) {
      const way = await this.page.evaluate(wayTo, selector)
      if (way === 'here') return
      if (way.startsWith('Arrow')) await this.page.keyboard.press(/** @type {'ArrowDown'} */ (way))
      else {
        if (way === 'back') await this.page.keyboard.down('Shift')
        await this.page.keyboard.press('Tab')
        if (way === 'back') await this.page.keyboard.up('Shift')
      }
      await this.look()
    }
    throw new Error(`Tab never comes to ${selector}`)
  }

  /** Whether the focus that stands here can be seen. */
  async look() {
    this.stops++
    const fault = await this.page.evaluate(unseenFocus, OUTLINE_MIN)
    if (fault) this.faults.add(fault)
  }

  /** Through the options of a list by arrows. @param {string} selector @param {string} value */
  async select(selector, value) {
    await this.focus(selector)
    const way = await this.page.$eval(
      selector,
      (select, value) => {
        if (!(select instanceof HTMLSelectElement)) throw new Error('no list')
        const open = [...select.options].filter(option => !option.disabled && !option.closest('optgroup:is([hidden], [disabled])'))
        return open.findIndex(option => option.value === value) - open.findIndex(option => option.selected)
      },
      value,
    )
    for (let step = 0; step < Math.abs(way); step++) await this.page.keyboard.press(way > 0 ? 'ArrowDown' : 'ArrowUp')
    const chosen = await this.page.$eval(selector, select => select instanceof HTMLSelectElement && select.value)
    if (chosen !== value) throw new Error(`arrows in ${selector} come to ${chosen}, not to ${value}`)
    await this.stays(selector)
  }

  /** An answer may open and close questions; who gave it stays where he is. @param {string} selector @param {'Enter' | ' '} key */
  async press(selector, key) {
    await super.press(selector, key)
    if (key === ' ') await this.stays(selector)
  }

  /** @param {string} selector */
  async stays(selector) {
    const isHere = await this.page.$eval(selector, control => document.activeElement === control)
    if (!isHere) this.faults.add(`${await this.where()}: an answer in ${selector} takes the focus away`)
  }

  /** On the next step its heading has the focus, with errors the summary, from where each link leads to its control. */
  async pressNext() {
    await super.pressNext()
    const where = await this.where()
    const [isWrong, at] = await this.page.evaluate(() => {
      const step = [...document.querySelectorAll('#form .section')].find(section => section.checkVisibility())
      const active = document.activeElement
      const at = active?.id === 'summary' ? 'summary' : active && active === step?.querySelector('h2') ? 'heading' : (active?.outerHTML.slice(0, 100) ?? '')
      return /** @type {const} */ ([document.querySelector('#summary')?.checkVisibility() ?? false, at])
    })
    const wanted = isWrong ? 'summary' : 'heading'
    if (at !== wanted) this.faults.add(`${where}: the focus is at ${at}, not at the ${wanted}`)
  }

  /** The receipt's heading is read out first. @param {string} selector */
  async take(selector) {
    const isAtHeading = await this.page.evaluate(() => document.activeElement === document.querySelector('#receipt h2'))
    if (!isAtHeading) this.faults.add('the receipt is here and its heading does not have the focus')
    await this.press(selector, 'Enter')
  }

  /** Goes on without an answer: each link of the summary, as it is read out there, leads to what is wrong. */
  async missesAll() {
    await this.pressNext()
    for (const { href } of await this.summary()) {
      await this.press(`#summary a[href=${JSON.stringify(href)}]`, 'Enter')
      const isThere = await this.page.evaluate(href => `#${document.activeElement?.id}` === href, href)
      if (!isThere) this.faults.add(`${await this.where()}: the summary's link does not lead to ${href}`)
      await this.look()
    }
  }

  /** By the browser's own dialogue, which a key opens. @param {string} paper @param {string[]} paths */
  async attach(paper, paths) {
    const place = `[data-files=${JSON.stringify(paper)}]`
    await this.page.waitForSelector(`${place} input[multiple]`)
    const before = (await this.page.$$(`${place} li`)).length
    const [dialogue] = await Promise.all([this.page.waitForFileChooser(), this.press(`${place} input[multiple]`, 'Enter')])
    await dialogue.accept(paths)
    await this.page.waitForFunction((place, count) => document.querySelectorAll(`${place} li`).length === count, {}, place, before + paths.length)
    await this.look()
  }

  /** @param {string} id - of a group of entries */
  async add(id) {
    await super.add(id)
    const isInside = await this.page.evaluate(() => document.activeElement?.closest('.entry') !== null)
    if (!isInside) this.faults.add(`${await this.where()}: a new entry of ${id} does not have the focus`)
    await this.look()
  }
}

/** Runs in the page: the key that brings the focus nearer to an element. @param {string} selector */
function wayTo(selector) {
  const target = document.querySelector(selector)
  const active = document.activeElement
  if (!target || !active || active === target) return 'here'
  const isBehind = target.compareDocumentPosition(active) & Node.DOCUMENT_POSITION_FOLLOWING && active !== document.body
  const isGroup = target instanceof HTMLInputElement && target.type === 'radio' && active instanceof HTMLInputElement && active.name === target.name
  if (isGroup) return isBehind ? 'ArrowUp' : 'ArrowDown'
  return isBehind ? 'back' : 'on'
}

/** Runs in the page: why the focus cannot be seen. @param {number} outlineMin */
function unseenFocus(outlineMin) {
  const active = document.activeElement
  if (!active || active === document.body) return ''
  const name = `${document.body.dataset.state} ${active.closest('[data-section]')?.getAttribute('data-section') ?? ''}: ${active.outerHTML.slice(0, 120)}`
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(active)
  if (!active.matches(':focus-visible') || outlineStyle === 'none' || parseFloat(outlineWidth) < outlineMin || outlineColor === 'rgba(0, 0, 0, 0)') {
    return `${name} has the focus without a mark`
  }
  const { left, right, top, bottom } = active.getBoundingClientRect()
  if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) return `${name} has the focus out of sight`
  const at = document.elementFromPoint((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2)
  if (at && !active.contains(at) && !at.contains(active)) return `${name} has the focus under ${at.outerHTML.slice(0, 80)}`
  return ''
}
