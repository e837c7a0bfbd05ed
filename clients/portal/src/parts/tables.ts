/**
 * Tables wider than their page. Focus in the header scrolls only the header; this scrolls the rows too, so that every value
 * stays under its heading.
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
