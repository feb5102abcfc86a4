import TestSupport
import Testing

@testable import Terminal

@Suite struct InputDecoderTests {
  /// Every sequence we know, and what it means.
  static let known: [(String, [Input])] =
    keys.map { ($0, [.key($1)]) } + mouse.map { ($0, [.mouse($1)]) }
    + replies.map { ($0, [.reply($1)]) } + [
      ("\u{1b}[200~q\r\n\u{1b}[A\rtwo\u{1b}[201~", [.paste("q\n\u{1b}[A\ntwo")]),
      ("\u{1b}[200~\u{1b}[201~", [.paste("")]),
      ("\u{1b}[2~", []),
      ("aé中😀", "aé中😀".map { .key(.character($0)) }),
      ("\u{1b}\u{3}", [.key(.escape), .key(.control("c"))]),
    ]

  static let keys: [(String, Key)] = [
    ("q", .character("q")), ("é", .character("é")), ("中", .character("中")),
    ("😀", .character("😀")), ("\r", .enter), ("\n", .enter), ("\t", .tab),
    ("\u{7f}", .backspace), ("\u{8}", .backspace), ("\u{1}", .control("a")),
    ("\u{1a}", .control("z")), ("\u{0}", .control(" ")), ("\u{1c}", .control("\\")),
    ("\u{1f}", .control("_")), ("\u{1b}a", .alt("a")), ("\u{1b}é", .alt("é")),
    ("\u{1b}\r", .alt("\r")), ("\u{1b}[A", .up), ("\u{1b}OB", .down), ("\u{1b}[C", .right),
    ("\u{1b}[1;5D", .left), ("\u{1b}[H", .home), ("\u{1b}OF", .end), ("\u{1b}[1~", .home),
    ("\u{1b}[8~", .end), ("\u{1b}[3~", .delete), ("\u{1b}[5~", .pageUp),
    ("\u{1b}[6;2~", .pageDown), ("\u{1b}[Z", .backTab), ("\u{1b}OP", .function(1)),
    ("\u{1b}[1;2Q", .function(2)), ("\u{1b}[[C", .function(3)), ("\u{1b}[15~", .function(5)),
    ("\u{1b}[17~", .function(6)), ("\u{1b}[20~", .function(9)), ("\u{1b}[24~", .function(12)),
    ("\u{1b}OM", .enter), ("\u{1b}Oq", .character("1")), ("\u{1b}[97;5u", .control("a")),
    ("\u{1b}[9;2u", .backTab), ("\u{1b}[27;3;120~", .alt("x")), ("\u{1b}[27u", .escape),
  ]

  static let mouse: [(String, MouseEvent)] = [
    ("\u{1b}[<0;5;3M", MouseEvent(kind: .press, button: .left, x: 4, y: 2)),
    ("\u{1b}[<2;300;90m", MouseEvent(kind: .release, button: .right, x: 299, y: 89)),
    (
      "\u{1b}[<48;1;1M",
      MouseEvent(kind: .drag, button: .left, x: 0, y: 0, modifiers: .control)
    ),
    ("\u{1b}[<64;2;2M", MouseEvent(kind: .wheelUp, button: .none, x: 1, y: 1)),
    (
      "\u{1b}[<85;2;2M",
      MouseEvent(kind: .wheelDown, button: .none, x: 1, y: 1, modifiers: [.shift, .control])
    ),
    ("\u{1b}[M !!", MouseEvent(kind: .press, button: .left, x: 0, y: 0)),
    ("\u{1b}[M#$%", MouseEvent(kind: .release, button: .none, x: 3, y: 4)),
  ]

  static let replies: [(String, CapabilityReply)] = [
    ("\u{1b}[?62;4;22c", .attributes([62, 4, 22])),
    ("\u{1b}[6;32;16t", .cellPixels(width: 16, height: 32)),
    ("\u{1b}[?2026;2$y", .mode(2026, state: 2)),
    ("\u{1b}[?1;0;1024S", .graphics(item: 1, status: 0, values: [1024])),
    ("\u{1b}]11;rgb:ffff/0000/8080\u{1b}\\", .background(red: 1, green: 0, blue: 32896 / 65535.0)),
    ("\u{1b}]11;rgb:ff/00/33\u{7}", .background(red: 1, green: 0, blue: 0.2)),
    ("\u{1b}P>|XTerm(379)\u{1b}\\", .name("XTerm(379)")),
    ("\u{1b}_Gi=31;OK\u{1b}\\", .kitty(isSupported: true)),
    ("\u{1b}_Gi=31;ENODATA\u{1b}\\", .kitty(isSupported: false)),
    ("\u{1b}_Gi=4711,p=1;ENOENT:no such picture\u{1b}\\", .unknown),
    ("\u{1b}_G;OK\u{1b}\\", .unknown),
    ("\u{1b}]11;nonsense\u{7}", .unknown), ("\u{1b}[>41;379;0c", .unknown),
    ("\u{1b}[24;80R", .unknown), ("\u{1b}^privacy\u{1b}\\", .unknown),
  ]

  @Test("every sequence means what it should, cut anywhere", arguments: 0..<known.count)
  func everySplit(index: Int) {
    let (text, expected) = Self.known[index]
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      for second in cut...bytes.count {
        var decoder = InputDecoder()
        var inputs = decoder.feed(Array(bytes[..<cut]))
        inputs += decoder.feed(Array(bytes[cut..<second]))
        inputs += decoder.feed(Array(bytes[second...]))
        inputs += decoder.feed(Array("z".utf8))
        #expect(inputs == expected + [.key(.character("z"))], "\(text.debugDescription)")
      }
    }
  }

  @Test("a reply that is cut by silence never becomes keys", arguments: 0..<replies.count)
  func cutReplies(index: Int) {
    let bytes = Array(Self.replies[index].0.utf8)
    for cut in 2..<bytes.count {
      var decoder = InputDecoder()
      var inputs = decoder.feed(Array(bytes[..<cut]))
      inputs += decoder.flush()
      inputs += decoder.feed(Array(bytes[cut...]))
      #expect(inputs == [.reply(Self.replies[index].1)])
    }
  }

  @Test("a lone Escape is a key after silence, and not before")
  func escape() {
    var decoder = InputDecoder()
    #expect(decoder.feed([0x1b]) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.key(.escape)])
    #expect(!decoder.isWaiting)
    #expect(decoder.flush() == [])
    #expect(decoder.feed([0x1b, 0x1b]) == [.key(.escape)])
    #expect(decoder.flush() == [.key(.escape)])
  }

  @Test("once no reply is due, Alt with a bracket is a key", arguments: ["[", "]", "P", "_", "O"])
  func altBrackets(character: Character) {
    var decoder = InputDecoder()
    decoder.expectsReplies = false
    #expect(decoder.feed(Array("\u{1b}\(character)".utf8)) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.key(.alt(character))])
    #expect(decoder.feed([0x71]) == [.key(.character("q"))])
  }

  @Test("a string that never ends does not swallow the reader's keys for ever")
  func endlessString() {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array("\u{1b}]0;abc".utf8)) == [])
    #expect(decoder.feed([0x03]) == [.key(.control("c"))])
    #expect(decoder.feed(Array("\u{1b}]0;abc\u{1b}[A".utf8)) == [.key(.up)])
  }

  @Test("a paste that is too long is cut, and its end is still found")
  func longPaste() throws {
    var decoder = InputDecoder()
    let text = [UInt8](repeating: 0x61, count: InputDecoder.longestPaste + 5000)
    var inputs = decoder.feed(Array("\u{1b}[200~".utf8) + text)
    inputs += decoder.feed(Array("\u{1b}[201~q".utf8))
    try #require(inputs.count == 2)
    guard case .paste(let pasted) = inputs[0] else {
      Issue.record("not a paste")
      return
    }
    #expect(pasted.utf8.count == InputDecoder.longestPaste)
    #expect(inputs[1] == .key(.character("q")))
  }

  @Test(
    "of answers about pictures between keys, cut anywhere, only the keys are keys",
    arguments: 0..<200)
  func answersAmongKeys(seed: UInt64) {
    var random = Seeded(seed)
    var decoder = InputDecoder()
    let answers = [
      "\u{1b}_Gi=31;OK\u{1b}\\", "\u{1b}_Gi=31;EINVAL:q=2 x\u{1b}\\", "\u{1b}_Gi=7,p=1;OK\u{1b}\\",
      "\u{1b}_G;\u{1b}\\", "\u{1b}_Gi=1;" + String(repeating: "q", count: 5000) + "\u{1b}\\",
    ]
    var typed: [Key] = []
    var heard: [Key] = []
    func hear(_ inputs: [Input]) {
      for case .key(let key) in inputs { heard.append(key) }
    }
    for _ in 0..<20 {
      if Bool.random(using: &random) {
        typed.append(.character("x"))
        hear(decoder.feed([0x78]))
      } else {
        let bytes = Array((answers.randomElement(using: &random) ?? "").utf8)
        // A lone ESC cannot be told from the key, so nothing is cut before its second byte.
        let cut = Int.random(in: 2..<bytes.count - 1, using: &random)
        hear(decoder.feed(Array(bytes[..<cut])))
        hear(decoder.flush())
        hear(decoder.feed(Array(bytes[cut...])))
      }
    }
    #expect(heard == typed)
  }

  @Test("random bytes never trap, and afterwards keys still work", arguments: 0..<400)
  func fuzz(seed: UInt64) {
    var random = Seeded(seed)
    var decoder = InputDecoder()
    decoder.expectsReplies = Bool.random(using: &random)
    let alphabet = Array("\u{1b}[]OP_;:?<>0123456789~MmcRtuyS$\u{7}\\".utf8)
    for _ in 0..<30 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : alphabet.randomElement(using: &random) ?? 0
      }
      for input in decoder.feed(bytes) {
        if case .key(.character(let character)) = input {
          #expect(character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
        }
      }
      if Bool.random(using: &random) { _ = decoder.flush() }
    }
    // Ends a paste, a string and a cut sequence, whichever it was.
    _ = decoder.feed(Array("\u{1b}[201~\u{18}\u{18}   ".utf8))
    _ = decoder.flush()
    #expect(decoder.feed(Array("q".utf8)) == [.key(.character("q"))])
  }
}
