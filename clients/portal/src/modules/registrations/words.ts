export default {
  title: '注册审核',
  about: '本辖区申请方的注册。核对证照与《法人授权书》后通过或退回。',
  search: '单位名称、统一社会信用代码', unit: '家', review: '审核',
  empty: { pending: '没有等待审核的注册', approved: '还没有通过的注册', rejected: '没有未通过的注册' },
  f: { name: '单位名称', credit_code: '统一社会信用代码', address: '详细地址', division_code: '所在区域', contact_name: '联系人', phone: '手机号', status: '状态', submitted_at: '提交时间', reason_code: '退回类别', reason: '原因' },
  purposes: { license: '证照', authorization: '法人授权书' },
  reasons: { name_differs: '名称与证照不一致', address_differs: '地址与证照不一致', license_unreadable: '证照不清晰', letter_unsigned: '授权书未签字', letter_unsealed: '授权书未盖章', wrong_institution: '不属于本机构受理', other: '其他' },
  check: '请核对',
  checks: { '1': '申请方名称与证照上的一致', '2': '详细地址与证照上的一致', '3': '《法人授权书》由法人签字', '4': '《法人授权书》加盖公章' },
  act: { approve: '通过', reject: '退回' },
  ask: { approve: '通过“{name}”的注册，其账号立即可以使用。', reject: '退回“{name}”的注册。申请方会看到原因，可修改后重新提交。' },
}
