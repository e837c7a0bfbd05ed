"""Lists. Each is declared once (`ListSpec`); query schema and statements follow from the declaration.

To add a column, a filter or an order, add or change one `Column` of the list. You need nothing of the following for that.

| file | what is in it |
| --- | --- |
| `columns` | a column and the kinds of its filters |
| `spec` | a list: columns, scope, search; question, WHERE, page |
| `args` | the query schemas of a declaration |
| `fast` | the statements of a page, each compiled once, and the choice between them |

`fast.Listing` chooses how a page is read; the caller never does:

| the question | means | why |
| --- | --- | --- |
| `cursor` | walk the index in the order of creation, from the last page on | the same speed at any depth |
| `page` | the page and its total in one round trip and one snapshot | a total always equals its list |
| a total that a counter holds | read the counter in place of `count(*)` | counting costs a scan of the scope |
| a deep `page` with such a total | read from the end, if the page is nearer to it | OFFSET reads every row that it skips |
| a search with at most 1,000 hits | read all hits from the trigram index and sort them | few rows, any order |
| a search with more hits | walk the newest 20,000 rows of the scope and test each | the page fills early |
| such a search without a full page among them | sort all hits | all hits are old |

A search by an institution, a supervisor or an administrator includes the owners' names. No, few or many matching owners each have their own
plan.
"""

from chassis.lists.args import args_schema, filter_schema
from chassis.lists.columns import Choice, Column, Filter, amounts, contains, days, equals, own
from chassis.lists.fast import OrderKey
from chassis.lists.spec import Caller, ListSpec, Owners, Question, Scope, Search

__all__ = [
    "Caller", "Choice", "Column", "Filter", "ListSpec", "OrderKey", "Owners", "Question", "Scope", "Search", "amounts",
    "args_schema", "contains", "days", "equals", "filter_schema", "own",
]  # fmt: skip
