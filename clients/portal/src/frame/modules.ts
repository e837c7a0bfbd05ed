/** All modules, and the menu of an account. */
import type { Account } from '@/session/store'
import { admits, type Module, type Page } from './module'

const files = import.meta.glob<Module>('../modules/*/module.ts', { eager: true, import: 'default' })

export const modules: Module[] = Object.values(files).sort((a, b) => a.order - b.order)

export interface MenuGroup extends Omit<Module, 'pages'> {
  pages: Page[]
}

/** Returns the menu of an account: modules with at least one page for it. */
export function menuOf(account: Account | null): MenuGroup[] {
  return modules
    .map((module) => ({
      ...module,
      pages: module.pages.filter((page) => page.menu !== false && admits(page.for, account)),
    }))
    .filter((module) => module.pages.length > 0)
}
