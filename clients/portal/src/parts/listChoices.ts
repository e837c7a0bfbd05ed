/**
 * 选择列: which columns and how many rows of a list an account wants to see, on whatever machine it signs in. This browser
 * keeps a copy, which is shown until identity has answered, and alone where it cannot.
 */
import { ask, identity } from '@/api'
import { caught } from '@/api/problem'
import { keepHere, kept } from './kept'

export interface ListChoice {
  columns: string[]
  size: number
}

let known: { account: string; lists: Promise<Map<string, ListChoice>> } | null = null
let last: Promise<unknown> = Promise.resolve() // one after another: the last choice has to arrive last

const place = (account: string, list: string) => `qj-list-${account}-${list}`

export function choiceHere(account: string, list: string): Partial<ListChoice> {
  return kept<ListChoice>(place(account, list))
}

/** What the account chose, here or elsewhere; asked for once a visit. */
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
  // keepalive: also when the page is left at once
  last = last.then(() => quietly(ask(identity.PUT('/api/identity/me/lists', { body, keepalive: true }))))
}

async function fetched(): Promise<Map<string, ListChoice>> {
  const answer = await quietly(ask(identity.GET('/api/identity/me/lists')))
  if (!answer) known = null // another try with the next list
  return new Map(answer?.items.map((one) => [one.list, { columns: one.columns, size: one.page_size }]))
}

/** How a list looks is worth no message. */
async function quietly<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    caught(error)
    return undefined
  }
}
