/**
 * A module declares its pages once: address, title, who may open it, and where it stands in the menu. Router, menu and
 * breadcrumbs are made from that.
 */
import type { Component } from 'vue'
import type { Account } from '@/session/store'

/** Words of an account's `kind` or of one of its `roles`; any of them is enough. */
export type Audience = readonly string[]

export interface Page {
  path: string
  /** Key of its words: also its place in menu and breadcrumbs. */
  title: string
  component: () => Promise<Component | { default: Component }>
  for: Audience
  /** false: reached from other pages only. */
  menu?: boolean
  /** Path of the page that stands above it in the breadcrumbs. */
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
