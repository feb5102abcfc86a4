/// What a terminal answered to one of our questions.
public enum CapabilityReply: Sendable, Hashable {
  /// `CSI ? … c`, primary device attributes; 4 is sixel. Always the last answer.
  case attributes([Int])
  /// `CSI 6 ; height ; width t`, pixels per cell.
  case cellPixels(width: Int, height: Int)
  /// `CSI ? mode ; state $ y`; state 1 or 2 means the mode exists and can be changed.
  case mode(Int, state: Int)
  /// `CSI ? item ; status ; … S`; status 0 is success.
  case graphics(item: Int, status: Int, values: [Int])
  /// `OSC 11`, the background; each channel 0 to 1.
  case background(red: Double, green: Double, blue: Double)
  /// `DCS > | … ST`, name and version.
  case name(String)
  /// `APC G … ST`, the answer to whether the kitty graphics protocol is understood.
  case kitty(isSupported: Bool)
  /// A reply nobody asked for; it is here so that it is not taken for keys.
  case unknown
}
