import Foundation
import Gateway
import Radiology

extension Rights {
  /// Of whoever runs this process, by the roles in `secondlook.toml` of a store's folder.
  ///
  /// Groups are those the kernel knows the process by, so `newgrp` and `sg` count.
  /// - Throws: `ConfigurationError` if there is a mistake in the file: nobody may anything then.
  static func here(at home: URL) throws -> Rights {
    Rights(roles: try Workplace.read(home: home).roles)
  }

  /// Of whoever runs this process, by roles that are read already.
  init(roles: [StaffRole: [String]]?) {
    self.init(roles: roles, groups: Self.ownGroups()) { getgrnam($0) != nil }
  }

  /// The names of this process's groups.
  private static func ownGroups() -> Set<String> {
    var numbers = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
    let count = getgroups(Int32(numbers.count), &numbers)
    return Set(
      (numbers.prefix(Int(max(0, count))) + [getegid()]).compactMap { number in
        getgrgid(number).map { String(cString: $0.pointee.gr_name) }
      })
  }
}
