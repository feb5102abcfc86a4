import Foundation
import TestSupport
import Testing

/// A disk that fills between the spool and the store.
@Suite(.enabled(if: SharedFiles.hasImage)) struct FullDiskTests {
  @Test("with a full disk what was received waits in the spool, and with room it is there once")
  func waits() async throws {
    var program = try Program()
    defer { program.clean() }
    try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
    program.environment = [
      "IMAGE": SharedFiles.image.path, "LOG": program.folder.appending(path: "log").path,
      "STORY": Self.story,
    ]
    let outcome = try await program.shell(Self.smallDisk)
    // Where nothing may be mounted, there is no test.
    guard !outcome.output.contains("nothing may be mounted") else { return }
    let parts = outcome.output.components(separatedBy: "---\n")
    try #require(parts.count == 4, "\(outcome)")
    #expect(parts[1].contains(#/disk +\d+ k?B free of 16.7 MB: nearly full; what is sent waits/#))
    #expect(parts[1].contains(#/agent +running/#))
    #expect(parts[2].contains("spool: 1.dcm\n"))
    #expect(parts[2].contains("The disk is full. Nothing stored before is lost; make room"))
    #expect(parts[3].contains("spool: \n"))
    #expect(parts[3].matches(of: #/"instances" : 1\b/#).count == 1)
    #expect(parts[3].contains("none changed, none missing."))
    #expect(parts[3].contains("agent ended with 0"))
    #expect(outcome.status == 0)
  }

  /// The agent runs, the disk fills, an object arrives, and then there is room.
  private static let story = """
    soon() { for try in $(seq 200); do "$@" > /dev/null 2>&1 && return; sleep .2; done; }
    runs() { "$PROGRAM" status | grep -q "^agent *running"; }
    left() { ! ls "$ARRIVED" | grep -q .; }
    "$PROGRAM" worklist > /dev/null || exit 3
    ARRIVED="$SECONDLOOK_HOME/spool/dicom.receiver/arrived"
    mkdir -p "$ARRIVED" && cp "$IMAGE" "$SECONDLOOK_HOME/waiting" || exit 3
    "$PROGRAM" agent > "$LOG" 2>&1 & agent=$!
    soon runs
    cat /dev/zero 2>&- > "$SECONDLOOK_HOME/ballast"
    mv "$SECONDLOOK_HOME/waiting" "$ARRIVED/1.dcm"
    soon grep "The disk is full" "$LOG"
    echo ---
    "$PROGRAM" status
    echo ---
    echo "spool: $(ls "$ARRIVED")"
    grep -m1 "The disk is full" "$LOG"
    echo ---
    rm "$SECONDLOOK_HOME/ballast"
    soon left
    echo "spool: $(ls "$ARRIVED")"
    "$PROGRAM" worklist --json
    "$PROGRAM" audit --verify
    kill $agent; wait $agent; echo "agent ended with $?"
    """

  /// Tells the story on a disk of 16 MiB in memory that nobody else sees.
  private static let smallDisk = """
    mount='mount -t tmpfs -o size=16m none "$SECONDLOOK_HOME"'
    for way in -m -rm; do
      unshare $way sh -c "$mount" 2>&- && exec unshare $way sh -c "$mount; $STORY"
    done
    echo nothing may be mounted
    """
}
