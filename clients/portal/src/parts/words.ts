export default {
  network: '网络连接不上，已自动重试。您填写的内容没有丢失，请检查网络后再试。',
  unavailable: '服务暂时不可用，请稍后再试。',
  save: '保存', cancel: '取消', confirm: '确定', close: '关闭', retry: '重试', search: '搜索', apply: '筛选', clear: '清除', back: '返回', submit: '提交', edit: '编辑', view: '查看', remove: '删除', add: '添加', download: '下载', upload: '上传',
  filter: '筛选{label}', from: '开始日期', to: '结束日期', least: '最少', most: '最多',
  required: '请填写{label}', tick: '请勾选确认', restored: '已恢复您上次未提交的内容。', discard: '放弃草稿',
  done: '已完成 {n} 项', outcome: '已完成 {done} 项，{failed} 项未能处理：', first_failures: '仅列出前 {n} 项。', record: '对象', why: '原因',
  progress: '进度', background: '可以离开本页，任务会在后台继续。', cancel_job: '取消任务', fetch_result: '下载结果',
  page_size: '每页条数', per_page: '{n}条/页', actions: '操作', columns: '选择列', empty: '暂无数据', nothing_found: '没有符合条件的数据', clear_filters: '清除条件', item: '条',
  picked: '已选 {n} {unit}', pick_all: '选择全部 {n} {unit}查询结果', unpick: '取消选择', pick_page: '选中本页全部', pick_row: '选中本行', at_least: '结果多于 {n} 条，请缩小范围',
  drop: '将文件拖到此处，或点击选择', too_big: '文件“{name}”为 {size} MB，最多 {max} MB。', wrong_type: '文件“{name}”的格式不支持，请使用 {types}。', preview: '预览',
  changed: '其间有变化：原为 {before}，现为 {now}。已填写的内容保留。', all_gone: '其间已全部处理完毕，没有需要办理的了。', go_on: '按现在的 {n} 继续', only_page: '超过 {most} 条时不能逐条排除，现只选中本页。请用筛选缩小范围。', incomplete: '还有必填项没有填写。', field_says: '{name}：{message}', leave: '有内容尚未保存，离开后将丢失。确定离开？', yes: '是', no: '否', loading: '加载中…', all: '全部',
}
