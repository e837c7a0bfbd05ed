export default {
  title: '备案办理',
  menu: { submitted: '待审核', awaiting_confirmation: '待确认', pending_reassignment: '待处理', approved: '已审核', returned: '被退回', revoked: '被撤销', supervision: '备案监管' },
  about: {
    submitted: '申请方已提交、等待本机构处理的备案，最早的在前。', awaiting_confirmation: '分派给区县级机构或转送省院、等待接收方确认的备案。', pending_reassignment: '接收方无能力、退回本机构重新处理的备案。', approved: '由本机构检定的、已通过的备案。', returned: '经本机构退回申请方的备案。', revoked: '已撤销的备案。', supervision: '本辖区的备案。对已审核的备案可说明原因予以撤销。',
  },
  empty: '没有这样的备案',
  reason: '原因', reason_if_any: '说明（可不填）', search: '名称、型号、编号、地点、制造单位、申请方、备案编号', to_county: '分派至区县级机构', keys: 'J / K 下一条、上一条，字母键办理',
  age: { left: '剩 {n} 天', today: '今天到期', past: '已超期 {n} 天' },
  act: { approve: '通过', return: '退回', dispatch: '分派', forward: '转送省院', confirm: '确认', recall: '收回', decline: '无能力退回', revoke: '撤销备案' },
  this: { approve: '通过 (A)', return: '退回 (R)', dispatch: '分派 (T)', forward: '转送省院 (F)', confirm: '确认 (C)', recall: '收回', decline: '无能力退回 (D)', revoke: '撤销备案' },
  ask: {
    approve: '通过 {n} 台仪器的备案，本机构成为其检定机构。', return: '退回 {n} 台仪器的备案，申请方会看到类别和原因。', dispatch: '将 {n} 台仪器的备案分派至区县级机构，由其确认。', forward: '将 {n} 台仪器的备案转送省院确认。仅限申请方已授权的。', confirm: '确认 {n} 台仪器的备案，本机构成为其检定机构。', recall: '收回 {n} 台仪器的备案，由本机构重新处理；原接收方不能再确认。', decline: '本机构无能力检定，将 {n} 台仪器的备案退回市级机构。', revoke: '撤销 {n} 台仪器已通过的备案，未完成的预约随之取消。',
  },
}
