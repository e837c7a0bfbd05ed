import { words } from '@/words'

export default words(
  {
    title: '仪器管理',
    unit: '台',
    views: { all: '全部仪器', due: '须检仪器', overdue: '超期未检', invalid: '无效仪器', failed: '不合格', scrapped: '已报废', rotation: '到期轮换' },
    about: {
      all: '全部仪器，不包括已报废的。对仪器的大部分操作在此进行。',
      due: '备案通过 10 天内，或有效期在 30 天内的仪器。',
      overdue: '备案通过超过 10 天但不超过 30 天，或超过有效期不超过 30 天的仪器。',
      invalid: '备案通过超过 30 天，或超过有效期 30 天的仪器。可停用；重新启用后须重新备案。',
      failed: '检定不合格的仪器。',
      scrapped: '已报废的仪器，仅供查看。',
      rotation: '只作首次强制检定、限期使用、90 天内到期须轮换的仪器。',
    },
    search: '名称、型号、编号、地点',
    f: {
      code: '器具码', name: '仪器名称', model: '型号规格', serial_no: '出厂编号', own_no: '自编号', manufacturer: '制造单位', kind_code: '种别代码', kind_name: '种别名称', purpose: '器具用途', division_code: '使用区域', install_address: '安装使用地点', accuracy_class: '准确度等级', measuring_range: '测量范围', resolution: '分度值', made_on: '出厂日期', in_use_on: '投用日期', origin: '产地', venue: '检定方式', department: '使用部门', keeper: '保管人', phone: '联系电话', type_approval_no: '型式批准证书编号', last_cert_no: '上次检定证书编号', last_verified_on: '上次检定日期', declared_valid_until: '有效期至（申报）', remark: '备注', status: '使用状态', view: '检定状态', filing_state: '备案状态', institution_id: '检定机构', approved_on: '备案通过日期', valid_until: '有效期至', rotate_on: '轮换日期', result: '检定结论', created_at: '录入时间', updated_at: '更新时间',
    },
    add: '添加', copy: '复制', remove: '删除', clear_all: '清空', suspend: '停用', scrap: '报废', resume: '启用', book: '预约检定', import: '导入', export: '导出', template: '模板', more_import: '更多导入', rows: '逐行导入', addresses: '更新地址', nozzles: '更换加油枪', labels: '打印器具码',
    ask: { remove: '删除 {n} 台仪器。已备案的仪器不能删除，会逐台说明原因。', clear: '删除全部可以删除的仪器。备案中、已备案或曾经备案通过的仪器会保留。', suspend: '停用 {n} 台仪器。停用后可在“备案管理 → 停用”中重新启用。', scrap: '报废 {n} 台仪器。报废后不能恢复，归入“已报废”。' },
    reason: '原因',
  },
  {
    title: 'Instruments',
    unit: 'instruments',
    views: { all: 'All instruments', due: 'Due', overdue: 'Overdue', invalid: 'Invalid', failed: 'Failed', scrapped: 'Scrapped', rotation: 'Due for rotation' },
    about: {
      all: 'All instruments but the scrapped ones. Most of the work is done here.',
      due: 'Filed within the last 10 days, or valid for 30 more days at most.',
      overdue: 'Filed 11 to 30 days ago and not verified, or expired for at most 30 days.',
      invalid: 'Filed more than 30 days ago and not verified, or expired for more than 30 days. Suspend them; resumed ones are filed anew.',
      failed: 'Instruments that failed their verification.',
      scrapped: 'Scrapped instruments, to look at only.',
      rotation: 'First-verification instruments whose term of use ends within 90 days.',
    },
    search: 'Name, model, number, place',
    f: {
      code: 'Instrument code', name: 'Name', model: 'Model', serial_no: 'Serial number', own_no: 'Own number', manufacturer: 'Manufacturer', kind_code: 'Kind code', kind_name: 'Kind', purpose: 'Purpose', division_code: 'Area of use', install_address: 'Place', accuracy_class: 'Accuracy class', measuring_range: 'Measuring range', resolution: 'Resolution', made_on: 'Made on', in_use_on: 'In use since', origin: 'Origin', venue: 'Verification at', department: 'Department', keeper: 'Keeper', phone: 'Phone', type_approval_no: 'Type approval no.', last_cert_no: 'Last certificate', last_verified_on: 'Last verified on', declared_valid_until: 'Valid until (declared)', remark: 'Remarks', status: 'Use', view: 'Verification', filing_state: 'Filing', institution_id: 'Institution', approved_on: 'Filed on', valid_until: 'Valid until', rotate_on: 'Rotate on', result: 'Result', created_at: 'Added', updated_at: 'Changed',
    },
    add: 'Add', copy: 'Copy', remove: 'Delete', clear_all: 'Clear', suspend: 'Suspend', scrap: 'Scrap', resume: 'Resume', book: 'Book', import: 'Import', export: 'Export', template: 'Template', more_import: 'More imports', rows: 'Row by row', addresses: 'Update addresses', nozzles: 'Change nozzles', labels: 'Print codes',
    ask: { remove: 'Delete {n} instruments. Filed ones cannot be deleted: the reason is told for each.', clear: 'Delete everything that can be deleted. What is being filed, is filed or ever was, stays.', suspend: 'Suspend {n} instruments. They can be resumed under “Filings → Suspended”.', scrap: 'Scrap {n} instruments. This cannot be undone.' },
    reason: 'Reason',
  },
)
