import Glibc

/// Which file a path leads to, whatever it is called.
struct FileIdentity: Sendable, Equatable {
  private let device: dev_t
  private let node: ino_t

  /// None where there is no file, or where it cannot be looked at.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, node) = (status.st_dev, status.st_ino)
  }
}
