import Foundation
import Glibc
import Synchronization
import Testing

@testable import Imaging

@Suite struct ChildProcessTests {
  @Test("no program that starts meanwhile inherits the connection to another")
  func connection() throws {
    let isOver = Atomic(false)
    let made = Mutex<Set<ino_t>>([])
    let maker = Thread {
      while !isOver.load(ordering: .relaxed) {
        let ends = ChildProcess.connection()
        for end in ends {
          var about = stat()
          if fstat(end, &about) == 0 { _ = made.withLock { $0.insert(about.st_ino) } }
          close(end)
        }
      }
    }
    maker.start()
    defer { isOver.store(true, ordering: .relaxed) }
    var inherited: Set<ino_t> = []
    for _ in 0..<200 { inherited.formUnion(try openFilesOfNewProgram()) }
    isOver.store(true, ordering: .relaxed)
    #expect(made.withLock { $0.count } > 1_000)
    #expect(made.withLock { $0.isDisjoint(with: inherited) })
  }

  /// The numbers of the pipes and sockets that a program started now finds open.
  private func openFilesOfNewProgram() throws -> [ino_t] {
    let command: [String] = ["/bin/sleep", "60"]
    let words = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, command[0], nil, nil, words, nil)
    try #require(status == 0)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    let folder = "/proc/\(child)/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
      guard let number = target?.split(separator: "[").last?.dropLast() else { return nil }
      return ino_t(number)
    }
  }
}
