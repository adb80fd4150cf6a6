"""DNS: what a message says, which questions a judgement still lacks, and whether signatures hold. Pure."""
