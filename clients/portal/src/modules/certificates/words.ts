export default {
  title: '证书查询', number: '证书编号', kind: '类型', instrument: '仪器', serial_no: '出厂编号', unit: '检定单元', institution: '检定机构', verified_on: '检定日期', valid_until: '有效期至', status: '状态', verifier: '检定员', checker: '核验员', issued_at: '出具时间',
  search: '证书编号、仪器名称、出厂编号', pdf: '查看', zip: '打包下载', zip_text: '把 {n} 份证书打包为 ZIP，附索引表，一次最多 1,000 份。', check: '公开核验页', none: '还没有证书。预约单完检后，证书会出现在这里。', piece: '份', supersedes: '更正 {number}', waiting: '{n} 份证书暂时无法打印，系统每十分钟重试一次',
}
