/* What a tool that opens or takes secrets does before all else. */
#ifndef HF_TOOLS_HARDEN_H
#define HF_TOOLS_HARDEN_H

/* Neither dumped, traced by others of its user, nor core file; files are for their owner alone. The
   folder stays, unlike in process_harden: paths of the command line and .hf-token files are
   relative to it. Not for hf-token itself, whose process becomes the user's command. */
void harden(void);

#endif
