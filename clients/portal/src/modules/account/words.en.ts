import type { Same } from '@/words'
import type zh from './words'

export default {
  other: 'Other', profile: 'Profile', password: 'Password', wechat: 'WeChat', sessions: 'Devices and sign-ins', sub_users: 'Sub-users', messages: 'Messages',
  name: 'Name', username: 'User name', kind: 'Kind', roles: 'Roles', phone: 'Phone', phone_hint: 'The code goes to the new phone.', saved: 'Saved', change_phone: 'Change the phone',
  old_password: 'Old password', new_password: 'New password', password_changed: 'The password was changed; other devices were signed out.',
  devices: 'Devices', device: 'Device', address: 'Address', since: 'Since', used: 'Last used', this_one: 'This one', revoke: 'Sign it out', revoked: 'Signed out', revoke_sure: 'Sign out “{device}”? This device stays signed in.', unknown_device: 'Unknown device', history: 'Sign-ins', at: 'When', way: 'How', result: 'Result', ok: 'Success', failed: 'Failed',
  ways: { password: 'Password', sms: 'SMS code', wechat: 'WeChat', miniprogram: 'Mini-program', refresh: 'Renewal', miniprogram_phone: 'Mini-program phone', invitation: 'Invitation' },
  sub_about: 'Sub-users sign in by phone and may do what the main account may, but for managing sub-users and deleting the account.', add_sub: 'Add a sub-user', sub_added: 'Added: they sign in by phone and SMS code.', status: 'State', active: 'Active', disabled: 'Disabled', enable: 'Enable', disable: 'Disable', remove: 'Delete', remove_sure: 'They could not sign in any more. Delete?', created: 'Added', none: 'No sub-users yet',
  read: 'Mark as read', read_all: 'Mark this page as read', message: 'Text', time: 'When', title: 'Title', unread: 'Unread', no_messages: 'No messages', channels: 'Tell me by', by_wechat: 'WeChat', by_sms: 'SMS', always: 'Messages here are always kept; important ones that WeChat does not deliver go by SMS, and so does what happens to your account.',
} satisfies Same<typeof zh>
