import Foundation

extension NodeFolder {
  /// Does something while no other program does anything with this folder.
  ///
  /// The lock is the kernel's: it ends with the program, however that ends.
  /// - Throws: ``FleetError/folderInUse`` at once if another one does.
  func alone(_ body: () async throws -> Void) async throws {
    let flags = O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(place(of: .lock).path, flags, 0o600)
    guard descriptor >= 0 else { throw Self.unusable() }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? FleetError.folderInUse : Self.unusable()
    }
    // By name: a program that another thread starts at this moment has the descriptor too, until it is
    // under way.
    defer { flock(descriptor, LOCK_UN) }
    try await body()
  }

  private static func unusable() -> FleetError {
    .unusableFile(
      what: "node's folder", reason: unsafe String(cString: strerror(errno)).lowercased())
  }
}
