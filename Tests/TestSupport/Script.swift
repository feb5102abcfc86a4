public import Foundation
import Glibc

/// Writes a shell script that can be started at once.
///
/// A program that another test starts in the same moment holds the open file until it has become
/// that program, and the kernel starts nothing that somebody may still write to (`ETXTBSY`). A lease
/// for reading is granted only when nobody may (`fcntl(2)`, `F_SETLEASE`).
public func writeScript(_ script: String, to file: URL) throws {
  try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
  try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
  let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
  defer { close(descriptor) }
  // Swift has no name for it: <linux/fcntl.h>.
  let setLease: Int32 = 1024
  while fcntl(descriptor, setLease, F_RDLCK) != 0, errno == EAGAIN { usleep(1_000) }
}
