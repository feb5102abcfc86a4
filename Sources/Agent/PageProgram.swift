import Foundation
import Glibc

/// `secondlook-page`: sets a described page and answers with a PDF.
///
/// Input and output are in memory that has no name, so nothing of a report is ever in a file of
/// its own, and neither side waits for the other.
struct PageProgram: Sendable {
  /// Wall-clock seconds for one document.
  private static let timeLimit = 60

  let program: URL

  /// The program that is installed beside the decoder.
  init(beside decoder: URL) {
    program = decoder.deletingLastPathComponent().appending(path: "secondlook-page")
  }

  /// Blocks until it is done.
  ///
  /// - Throws: ``AgentError/pageNotSet(reason:)`` with the program's own reason.
  func set(_ description: Data) throws(AgentError) -> Data {
    guard access(program.path, X_OK) == 0 else {
      throw .pageNotSet(
        reason: "The program secondlook-page is not beside secondlook-dicom; install both.")
    }
    let channels = try [Channel(), Channel(), Channel()]
    try channels[0].write(description)
    let status = try run(channels)
    guard status == 0 else {
      let words = String(decoding: channels[2].contents, as: UTF8.self)
      let line = words.split(separator: "\n").first { $0.hasPrefix("Error: ") }
      throw .pageNotSet(
        reason: line.map { String($0.dropFirst(7)) } ?? "secondlook-page ended without a word.")
    }
    let document = channels[1].contents
    guard document.starts(with: Data("%PDF-".utf8)) else {
      throw .pageNotSet(reason: "secondlook-page wrote no PDF.")
    }
    return document
  }

  private func run(_ channels: [Channel]) throws(AgentError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, channel) in channels.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, channel.descriptor, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A ^C on our terminal is for us; threads of Dispatch block signals, and it would inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK)))
    var words = [strdup(program.path), nil]
    defer { free(words[0]) }
    // Fonts are looked for where those of the system are, whatever our environment says.
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var child: pid_t = 0
    guard posix_spawn(&child, program.path, &actions, &attributes, &words, &environment) == 0 else {
      throw .pageNotSet(reason: "secondlook-page could not be started.")
    }
    return end(of: child)
  }

  private func end(of child: pid_t) -> Int32 {
    var status: Int32 = 0
    let deadline = ContinuousClock.now + .seconds(Self.timeLimit)
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      // An end that nobody can tell is no success.
      if ended != 0 { return ended == child ? status : -1 }
      if ContinuousClock.now > deadline { kill(child, SIGKILL) }
      usleep(1_000)
    }
  }
}

/// A file in memory, gone with its descriptor.
private final class Channel {
  let descriptor: Int32

  init() throws(AgentError) {
    let name = "/secondlook-page-\(UUID().uuidString)"
    descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    shm_unlink(name)
    guard descriptor >= 0 else { throw .pageNotSet(reason: "There is no memory for it.") }
  }

  deinit { close(descriptor) }

  /// Puts bytes in, to be read from their beginning.
  func write(_ bytes: Data) throws(AgentError) {
    let isWritten = bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count <= 0 { return false }
        done += count
      }
      return lseek(descriptor, 0, SEEK_SET) == 0
    }
    guard isWritten else { throw .pageNotSet(reason: "There is no memory for it.") }
  }

  var contents: Data {
    lseek(descriptor, 0, SEEK_SET)
    return (try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd())
      ?? Data()
  }
}
