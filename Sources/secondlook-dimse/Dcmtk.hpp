#pragma once

#include <string>

class OFCondition;
struct T_ASC_Parameters;

/// Makes the toolkit quiet, deaf to the environment and ready; call once, before any jail closes.
/// Throws Problem where its dictionary is missing.
void prepareToolkit();

/// Says who we are in an association.
void introduce(T_ASC_Parameters *parameters);

/// Why a conversation broke off, in our own words: texts of the toolkit may hold the peer's.
std::string reason(const OFCondition &condition);

/// Whether TLS could not be agreed upon, before anything was said.
bool isOfSecurity(const OFCondition &condition);

/// Largest protocol data unit we take and send, the largest the toolkit knows (PS3.8 D.1).
extern const long largestUnit;
