/**
 * Tables that are wider than their page. The focus that goes through the header scrolls it alone: the rows follow, so that
 * every value stays under its heading.
 */
export function keepHeadsAligned(root: Document = document): void {
  root.addEventListener(
    'scroll',
    ({ target }) => {
      if (!(target instanceof HTMLElement) || !target.classList.contains('el-table__header-wrapper')) return
      const rows = target.parentElement?.querySelector('.el-table__body-wrapper .el-scrollbar__wrap')
      if (rows && rows.scrollLeft !== target.scrollLeft) rows.scrollLeft = target.scrollLeft
    },
    true,
  )
}
