/** The menu by keyboard: Tab reaches every visible entry, arrows move up and down, Enter and Space press. */
const ENTRIES = '.el-menu-item, .el-sub-menu'

export function makeReachable(menu: HTMLElement): void {
  for (const entry of menu.querySelectorAll<HTMLElement>(ENTRIES)) entry.tabIndex = 0
}

/** group: called for a pressed group; a pressed item is opened. */
export function onMenuKey(event: KeyboardEvent, group: (title: HTMLElement) => void): void {
  const entry = event.target
  if (!(entry instanceof HTMLElement) || !entry.matches(ENTRIES)) return
  const title = entry.querySelector<HTMLElement>(':scope > .el-sub-menu__title')
  if (event.key === 'Enter' || event.key === ' ') {
    if (title) group(title)
    else entry.click()
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
    neighbour(entry, event.key === 'ArrowDown' ? 1 : -1)?.focus()
  else return
  event.preventDefault()
}

function neighbour(entry: HTMLElement, step: number): HTMLElement | undefined {
  const all = [...(entry.closest('nav')?.querySelectorAll<HTMLElement>(ENTRIES) ?? [])].filter(
    (one) => one.offsetParent !== null,
  )
  return all[all.indexOf(entry) + step]
}
