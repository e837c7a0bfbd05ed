/**
 * A module declares its pages once: path, title, who may open them, and their place in the menu. Router, menu and
 * breadcrumbs are built from it.
 */
import type { Component } from 'vue'
import type { Account } from '@/session/store'

/** Values of an account's `kind` or `roles`; one match is enough. */
export type Audience = readonly string[]

export interface Page {
  path: string
  /** Key of its title, also in menu and breadcrumbs. */
  title: string
  component: () => Promise<Component | { default: Component }>
  for: Audience
  /** false: reached from other pages only. */
  menu?: boolean
  /** Path of the page above it in the breadcrumbs. */
  under?: string
  props?: Record<string, unknown>
}

export interface Module {
  title: string
  icon: Component
  /** Place in the menu. */
  order: number
  pages: Page[]
}

export const EVERYBODY: Audience = ['applicant', 'institution', 'supervisor', 'admin']

export function admits(audience: Audience, account: Account | null): boolean {
  return account !== null && audience.some((word) => word === account.kind || account.roles.includes(word))
}
