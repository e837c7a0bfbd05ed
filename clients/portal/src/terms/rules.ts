/**
 * The rules of contracts/reference, which the services read too: labels of states, who may make which move in which state,
 * actions of a view. The services decide; the portal only hides what they would refuse.
 */
import { bookingNumber, bookingStates, filingStates, instrumentFields, views } from '@/api/generated/rules'

type Language = 'zh' | 'en'
type Row = Readonly<Record<Language, string>>
interface Permitted {
  readonly kind: string
  readonly roles?: readonly string[]
  readonly tiers?: readonly string[]
}
interface Move<M extends string = string> {
  readonly move: M
  readonly from: readonly string[]
  readonly by: readonly Permitted[]
}
export interface Who {
  kind: string
  roles?: readonly string[]
  tier?: string | null
}
export type FilingMove = (typeof filingStates.moves)[number]['move']
export type BookingMove = (typeof bookingStates.moves)[number]['move']

const wordsBy = <K extends string>(rows: readonly (Row & Readonly<Record<K, string>>)[], key: K, language: Language) =>
  Object.fromEntries(rows.map((row) => [row[key], row[language]]))

/** The labels of states, views and moves, which are most of `terms`. */
export const ruledTerms = (language: Language) => ({
  view: { ...wordsBy(views.views, 'view', language), ...wordsBy(views.lists, 'view', language) },
  filing: { none: filingStates.none[language], ...wordsBy(filingStates.states, 'state', language) },
  booking: wordsBy(bookingStates.states, 'state', language),
  item: wordsBy(bookingStates.items, 'state', language),
})
export const filingMoveWords = (language: Language) => wordsBy(filingStates.moves, 'move', language)
export const bookingMoveWords = (language: Language) => wordsBy(bookingStates.moves, 'move', language)

export const VIEWS: string[] = views.views.map((row) => row.view)
const offers: { view: string; offers: readonly string[] }[] = [...views.views, ...views.lists]
/** Says whether the list of a view offers the action `what` on many. */
export const viewOffers = (view: string, what: 'book' | 'suspend' | 'everything'): boolean =>
  offers.some((row) => row.view === view && row.offers.includes(what))

const openFilings: string[] = filingStates.states.filter((row) => row.open).map((row) => row.state)
/** Says whether a filing in this state waits for a decision. */
export const isOpenFiling = (state: string | null | undefined): boolean => openFilings.includes(state ?? '')

/** Returns the moves of a table that `who` may make in a state. */
function movesIn<M extends string>(moves: readonly Move<M>[], state: string, who: Who): M[] {
  const may = ({ kind, roles, tiers }: Permitted) =>
    kind === who.kind &&
    (!roles || !who.roles || roles.some((role) => who.roles!.includes(role))) &&
    (!tiers || tiers.includes(who.tier ?? ''))
  return moves.filter((row) => row.from.includes(state) && row.by.some(may)).map((row) => row.move)
}
/** `who` without roles: only the kind of account and the tier. */
export const filingMoves = (state: string, who: Who): FilingMove[] => movesIn(filingStates.moves, state, who)
export const bookingMoves = (state: string, who: Who): BookingMove[] => movesIn(bookingStates.moves, state, who)

type Field = { readonly field: string }
const names = <R extends Field>(rows: readonly R[], has: (row: R) => boolean): string[] =>
  rows.filter(has).map((row) => row.field)
export const FIELDS = {
  own: names(instrumentFields.fields, (row) => row.own),
  ownDetails: names(instrumentFields.details, (row) => row.own),
  whileOpen: names(instrumentFields.fields, (row) => row.open),
  afterApproval: names(instrumentFields.fields, (row) => row.approved),
}

/** Converts a typed or scanned booking number to the form that the service stores. */
const ignored = new RegExp(bookingNumber.ignored, 'g')
export const bookingNumberOf = (text: string): string => text.toUpperCase().replace(ignored, '')
