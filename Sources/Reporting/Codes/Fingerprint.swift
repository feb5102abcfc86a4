/// A number that two different texts hardly ever share; it guards against mistakes, not attacks.
///
/// Source: FNV-1a with 128 bits, RFC 9923.
enum Fingerprint {
  static func of(_ text: String) -> UInt128 {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b
    return text.utf8.reduce(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d) { sum, byte in
      (sum ^ UInt128(byte)) &* prime
    }
  }
}
