/**
 * 选择列: the columns and page size that an account chose for a list, on any machine. This browser keeps a copy and uses it
 * until identity has answered, or if identity does not answer.
 */
import { ask, identity } from '@/api'
import { caught } from '@/api/problem'
import { keepHere, kept } from './kept'

export interface ListChoice {
  columns: string[]
  size: number
}

let known: { account: string; lists: Promise<Map<string, ListChoice>> } | null = null
let last: Promise<unknown> = Promise.resolve() // in sequence, so that the last choice arrives last

const place = (account: string, list: string) => `qj-list-${account}-${list}`

export function choiceHere(account: string, list: string): Partial<ListChoice> {
  return kept<ListChoice>(place(account, list))
}

/** The account's choices, made here or elsewhere; fetched once per visit. */
export async function choiceOf(account: string, list: string): Promise<ListChoice | undefined> {
  if (known?.account !== account) known = { account, lists: fetched() }
  const found = (await known.lists).get(list)
  if (found) keepHere(place(account, list), found)
  return found
}

export function choose(account: string, list: string, choice: ListChoice): void {
  keepHere(place(account, list), choice)
  void known?.lists.then((lists) => lists.set(list, choice))
  const body = { list, columns: choice.columns, page_size: choice.size }
  // keepalive: sent even if the page is closed at once
  last = last.then(() => quietly(ask(identity.PUT('/api/identity/me/lists', { body, keepalive: true }))))
}

async function fetched(): Promise<Map<string, ListChoice>> {
  const answer = await quietly(ask(identity.GET('/api/identity/me/lists')))
  if (!answer) known = null // the next list tries again
  return new Map(answer?.items.map((one) => [one.list, { columns: one.columns, size: one.page_size }]))
}

/** A failure shows no message, because only the look of a list is lost. */
async function quietly<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    caught(error)
    return undefined
  }
}
